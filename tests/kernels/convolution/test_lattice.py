"""Lattices: every pixel belongs to one, and meets each of its rows once."""

from itertools import product

import pytest

from crosscheck.kernels.convolution import lattice

GEOMETRIES = list(product((1, 5, 8), (1, 2, 5), (1, 2, 3, 5), (0, 1, 4), (1, 2, 3)))


@pytest.mark.parametrize(("size", "window", "stride", "corner", "dilation"), GEOMETRIES)
def test_a_gradient_s_lattices_sum_what_the_formula_sums(size, window, stride, corner, dilation):
    found = {}
    for each in lattice.gradient(size, window, stride, corner, dilation):
        for i in range(each.extent):
            pixel = each.first + i * each.spacing
            outputs = [
                (r, i * each.stride - each.corner + t * each.dilation)
                for t, r in enumerate(each.taps)
            ]
            assert pixel not in found
            found[pixel] = sorted(outputs)
    assert found == {
        h: [
            (r, (h + corner - r * dilation) // stride)
            for r in range(window)
            if (h + corner - r * dilation) % stride == 0
        ]
        for h in range(size)
    }


def test_forward_is_one_lattice():
    (only,) = lattice.forward(7, 3, 2, 1, 4)
    assert (only.first, only.spacing, only.extent, [*only.taps]) == (0, 1, 7, [0, 1, 2])
    assert (only.stride, only.corner, only.dilation) == (2, 1, 4)
