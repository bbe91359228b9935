"""The fused operators: what parity does not ask."""

from dataclasses import replace

import numpy as np
import pytest

from crosscheck.kernels.convolution import CONV2D, blocked, implicit_gemm_launch, pipelined, problem
from crosscheck.kernels.fused import conv2d_relu, conv2d_relu_max_pool2d
from crosscheck.kernels.memory_format import in_nhwc, is_channels_last
from crosscheck.kernels.parts import add_parts, empty_parts

X, W = np.ones((2, 4, 5, 6), np.float32), np.ones((4, 4, 3, 3), np.float32)


def test_conv2d_s_algorithms_are_used_in_its_order():
    names = [name for name in CONV2D.algorithms["forward"] if name != "winograd"]
    assert list(conv2d_relu.ALGORITHMS["forward"]) == names


@pytest.mark.parametrize("operator", [conv2d_relu, conv2d_relu_max_pool2d])
def test_the_output_keeps_the_memory_format(operator):
    y = operator.forward(in_nhwc(X), W, padding=1, algorithm="direct")
    assert is_channels_last(y.shape, y.strides)


def test_an_output_without_a_window_is_refused():
    expected = r"input.shape is \(2, 4, 5, 6\); expected .* 2 x 2 .*; it gives \(2, 4, 1, 2\)"
    with pytest.raises(ValueError, match=f"^conv2d_relu_max_pool2d: {expected}"):
        conv2d_relu_max_pool2d.forward(X, W, stride=(3, 2))


@pytest.mark.parametrize("rung", [blocked.RUNG, pipelined.RUNG])
def test_every_rung_has_tiles_for_windows_and_splits_none(rung):
    sizes = ("input", X.shape), ("weight", W.shape)
    this = replace(problem.create("conv2d", *sizes, 1, 0, 1, 1), relu=True, pooled=True)
    for load, by_dtype in rung.tiles.items():
        for dtype in by_dtype:
            tiles, parts = implicit_gemm_launch.choices(rung, this, load, dtype)
            assert tiles and parts == (1,)


def test_the_floor_is_that_of_the_sum():
    y = np.empty((1, 1, 1, 3), np.float32)
    parts = empty_parts(2, y)
    parts[0, ..., :], parts[1, ..., :] = [-3, 5, np.nan], [1, -2, 0]
    add_parts(parts, y, 0.0)
    assert np.array_equal(y[0, 0, 0], [0, 3, np.nan], equal_nan=True)
    add_parts(parts, y)
    assert np.array_equal(y[0, 0, 0], [-2, 3, np.nan], equal_nan=True)
