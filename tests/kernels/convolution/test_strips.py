"""Strips and columns: `apart` loses no output, and the tables agree with what a window sums."""

from itertools import product

import numpy as np
import pytest

from crosscheck.kernels import arrays
from crosscheck.kernels.convolution import lattice, strips
from crosscheck.kernels.convolution.lookup import Axes

PLACE = arrays.place(np.empty(0))
GEOMETRIES = [
    (extent, window, stride, corner, dilation)
    for extent, window, stride, corner, dilation in product(
        (1, 19), (1, 3, 11), (1, 2, 6), (0, 2), (1, 3, 4)
    )
]


def terms(lattices):
    """{output: [(tap, pixel), ...]}"""
    found = {}
    for each in lattices:
        for i in range(each.extent):
            at = each.first + i * each.spacing
            assert at not in found
            pixel = i * each.stride - each.corner
            found[at] = [(tap, pixel + t * each.dilation) for t, tap in enumerate(each.taps)]
    return found


@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_apart_keeps_every_term_and_leaves_no_gaps(geometry):
    (whole,) = lattice.forward(*geometry)
    parts = strips.apart(whole)
    assert terms(parts) == terms([whole])
    assert all(each.stride % each.dilation == 0 for each in parts)


def described(axes, height, steps):
    """terms of (output row, output column), as the tables tell them; steps: of x, w, y by axis."""
    shape = strips.shape(axes)
    found = strips.tables(axes, shape, height, *zip(*steps, strict=True), PLACE)
    rows = found.strips.reshape(-1, found.pieces[0], strips.STRIP)
    told = {}
    for strip in rows:
        for i in range(shape.rows):
            if strip[0, strips.OUTPUTS] >> i & 1:
                told[strip[0, strips.Y_AT] + i * axes.vertical[0].spacing * steps[0][2]] = [
                    (
                        piece[strips.TAP_AT] + r * axes.vertical[0].taps.step * steps[0][1],
                        piece[strips.X_AT]
                        + (i * shape.stride + r) * axes.vertical[0].dilation * steps[0][0],
                        bool(piece[strips.INSIDE] >> (i * shape.stride + r) & 1),
                    )
                    for piece in strip
                    for r in range(shape.taps)
                    if piece[strips.THERE] >> r & 1
                ]
    return shape, found, told


@pytest.mark.parametrize("backward", [False, True])
@pytest.mark.parametrize("geometry", GEOMETRIES, ids=str)
def test_a_strip_tells_what_its_outputs_sum(geometry, backward):
    make = lattice.gradient if backward else lattice.forward
    vertical = tuple(part for whole in make(*geometry) for part in strips.apart(whole))
    axes, height = Axes(vertical, tuple(lattice.forward(1, 1, 1, 0, 1))), 7
    shape, _, told = described(axes, height, ((100, 10, 1000), (1, 1, 1)))
    assert shape.height <= strips.TALLEST
    assert told == {
        1000 * at: [(10 * tap, 100 * pixel, 0 <= pixel < height) for tap, pixel in sums]
        for at, sums in terms(vertical).items()
    }


def test_a_shape_fills_a_thread_and_says_where_taps_are_missing():
    def shape(extent, window, stride, make=lattice.forward):
        vertical = tuple(make(extent, window, stride, 0, 1))
        return strips.shape(Axes(vertical, tuple(lattice.forward(4, 3, 1, 0, 1))))

    assert shape(40, 3, 1) == (8, 1, 3, 3, True)
    assert shape(40, 3, 4) == (4, 4, 3, 3, True)  # 8 rows would take 31 pixels
    assert shape(3, 3, 1).rows == 4
    assert shape(40, 17, 1)[:3] == (8, 1, 6)  # in three pieces of 6, 6 and 5 rows
    assert not shape(40, 17, 1).whole
    assert shape(40, 16, 1).whole
    assert not shape(40, 3, 2, lattice.gradient).whole  # 2 taps on one lattice, 1 on the other


def test_offsets_that_need_64_bits_have_them():
    near, far = (
        Axes(tuple(lattice.forward(3, 1, stride, 1, 1)), tuple(lattice.forward(2, 1, 1, 0, 1)))
        for stride in (2, 2**40)
    )
    kinds = [
        strips.tables(axes, strips.shape(axes), 3, (5, 1), (1, 1), (5, 1), PLACE).strips.dtype
        for axes in (near, far)
    ]
    assert kinds == [np.int32, np.int64]
