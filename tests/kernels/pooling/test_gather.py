"""Gathered gradients: the bits of `direct`, several planes at a time."""

import numpy as np
import pytest

from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d
from crosscheck.kernels.pooling.gather import PLANES

LAYOUTS = [np.ascontiguousarray, in_nhwc]
MODES = [sanitized, wide_index, lambda: modes.using(seed=1)]


def gradients(layout, algorithm):
    """Gradients of 2 * PLANES + 1 planes, or images: two groups, and one that is left."""
    shape = (2 * PLANES + 1, 1 if layout is np.ascontiguousarray else 3, 5, 7)
    made = []
    for size in ((2, 3), (7, 9), (1, 1)):
        dy = np.random.default_rng(0).standard_normal((*shape[:2], *size)).astype(np.float32)
        given = layout(dy), shape
        made.append(adaptive_avg_pool2d.input_gradient(*given, algorithm=algorithm))
    dy = np.random.default_rng(0).standard_normal((*shape[:2], 3, 4)).astype(np.float32)
    how = dict(kernel_size=(3, 2), stride=2, padding=1, count_include_pad=False)
    made.append(avg_pool2d.input_gradient(layout(dy), shape, **how, algorithm=algorithm))
    return made


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("layout", LAYOUTS)
def test_it_has_the_bits_of_direct(layout, mode):
    with mode():
        found = gradients(layout, "vectorized")
    for actual, expected in zip(found, gradients(layout, "direct"), strict=True):
        np.testing.assert_array_equal(actual, expected)
        assert actual.strides == expected.strides


@pytest.mark.parametrize("mode", MODES)
def test_the_gradient_of_max_has_the_bits_of_direct(mode):
    rng = np.random.default_rng(0)
    x = rng.integers(-1, 2, (PLANES + 1, 2, 7, 6)).astype(np.float32)  # ties; two planes are left
    how = dict(kernel_size=3, stride=(1, 2), padding=1)
    y, indices = max_pool2d.forward(x, **how, algorithm="direct")
    dy = rng.standard_normal(y.shape).astype(np.float32)
    given = dy, indices, x.shape
    expected = max_pool2d.input_gradient(*given, **how, algorithm="direct")
    with mode():
        found = max_pool2d.input_gradient(*given, **how, algorithm="vectorized")
    np.testing.assert_array_equal(found, expected)


def test_other_strides_are_left_to_direct():
    out = np.full((2, 3, 4, 12), np.nan)[..., ::2]
    dy = np.arange(24.0).reshape(2, 3, 2, 2)
    adaptive_avg_pool2d.input_gradient(dy, out.shape, algorithm="vectorized", out=out)
    np.testing.assert_array_equal(out, np.repeat(np.repeat(dy / 6, 2, 2), 3, 3))
