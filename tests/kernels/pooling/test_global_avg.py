"""The mean of every plane, in both orders of memory."""

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.pooling import adaptive_avg_pool2d

SHAPES = [(2, 36, 5, 8), (3, 33, 7, 7)]  # in quads of pixels or channels, and not
LAYOUTS = [np.ascontiguousarray, in_nhwc]


@pytest.mark.parametrize("mode", [sanitized, wide_index, lambda: modes.using(seed=1)])
@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("shape", SHAPES)
def test_the_mean_of_integers_is_exact(shape, layout, mode):
    x = layout(np.random.default_rng(0).integers(-8, 9, shape).astype(np.float32))
    with mode():
        y = adaptive_avg_pool2d.forward(x, 1, algorithm="vectorized")
    total = x.sum((2, 3), dtype=np.float32, keepdims=True)
    np.testing.assert_array_equal(y, total / np.float32(shape[2] * shape[3]), strict=True)


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_plane_of_more_than_a_round_of_every_thread(layout):
    x = layout(np.ones((1, 4, 40, 50), np.float32))
    x[0, 1, 39, 49] = 2001
    y = adaptive_avg_pool2d.forward(x, 1, algorithm="vectorized")
    assert y.ravel().tolist() == [1, 2, 1, 1]


def test_the_mean_of_an_empty_image_is_nan_and_no_batch_gives_none():
    y = adaptive_avg_pool2d.forward(np.ones((2, 3, 0, 4)), 1, algorithm="vectorized")
    assert np.isnan(y).all() and y.shape == (2, 3, 1, 1)
    y = adaptive_avg_pool2d.forward(np.ones((0, 3, 2, 4)), 1, algorithm="vectorized")
    assert y.shape == (0, 3, 1, 1)


def test_other_strides_are_left_to_direct():
    x = np.arange(48.0).reshape(1, 2, 4, 6)[..., ::2]
    y = adaptive_avg_pool2d.forward(x, 1, algorithm="vectorized")
    np.testing.assert_array_equal(y, x.mean((2, 3), keepdims=True))


def test_more_than_one_window_is_unsupported_by_name():
    with pytest.raises(Unsupported, match=r"output_size is \(2, 1\); expected \(1, 1\)"):
        adaptive_avg_pool2d.forward(np.ones((1, 2, 4, 4)), (2, 1), algorithm="vectorized")
