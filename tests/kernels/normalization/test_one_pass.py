"""Batch norm in one read: every way through its kernels, against `tree`."""

import numpy as np
import pytest

from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.normalization import batch_norm
from crosscheck.kernels.normalization.dense import dense

# Each of another way: vectors of 4 and of 1, whole rounds of loads and less, several parts.
SHAPES = {
    "quads of pixels": (5, 3, 4, 4),
    "single pixels": (5, 3, 5, 5),
    "quads across two planes": (6, 4, 5, 5),
    "several parts": (5, 2, 48, 48),
    "more channels than a block of columns": (9, 36, 2, 2),
}
shapes = pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES.keys())
orders = pytest.mark.parametrize("channels_last", [False, True])


def layout(a, channels_last):
    return np.moveaxis(np.ascontiguousarray(np.moveaxis(a, 1, -1)), -1, 1) if channels_last else a


def results(x, dy, algorithm):
    rng = np.random.default_rng(2)
    weight, bias, mean = rng.standard_normal((3, x.shape[1])).astype(x.dtype)
    running = mean, np.ones_like(mean)
    y, mean, rstd = batch_norm.forward(x, *running, weight, bias, True, algorithm=algorithm)
    return (
        *(y, mean, rstd, *running),
        batch_norm.input_gradient(dy, x, mean, rstd, weight, True, algorithm=algorithm),
        batch_norm.input_gradient(dy, x, mean, rstd, weight, False, algorithm=algorithm),
        batch_norm.weight_gradient(dy, x, mean, rstd, algorithm=algorithm),
    )


def arguments(shape, channels_last, dtype=np.float64):
    x, dy = np.random.default_rng(1).standard_normal((2, *shape)).astype(dtype) + 1
    return layout(x, channels_last), layout(dy, channels_last)


@shapes
@orders
def test_it_computes_what_tree_does(shape, channels_last):
    given = arguments(shape, channels_last)
    found, expected = results(*given, "one_pass"), results(*given, "tree")
    for actual, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(actual, wanted, 1e-11, 1e-11)


@orders
@pytest.mark.parametrize("mode", [sanitized, wide_index, lambda: modes.using(seed=1)])
def test_the_sanitizer_wide_indices_and_another_order_change_no_bit(mode, channels_last):
    given = arguments((9, 8, 3, 4), channels_last, np.float32)
    expected = results(*given, "one_pass")
    with mode():
        found = results(*given, "one_pass")
    for actual, wanted in zip(found, expected, strict=True):
        np.testing.assert_array_equal(actual, wanted)


@orders
def test_output_and_gradient_keep_the_memory_order(channels_last):
    x, dy = arguments((2, 8, 3, 4), channels_last)
    y, *_, dx, _, _ = results(x, dy, "one_pass")
    assert y.strides == dx.strides == x.strides


def test_channels_last_are_columns_and_images_planes():
    x = np.zeros((2, 8, 12))
    last = layout(x, True)
    assert dense(x)[1:] == (2, 8, 12) and dense(last)[1:] == (24, 8, 1)
    assert np.shares_memory(dense(last).rows[0], last)
    assert dense(x, last) is None and dense(x[::2], x[::2]) and dense(x[:, ::2]) is None
    assert dense(x.reshape(-1)[1:9].reshape(1, 2, 4)) is None  # not on 16 bytes


def test_arrays_in_two_orders_are_left_to_tree():
    x, dy = arguments((3, 4, 2, 2), False)
    for found, expected in zip(
        results(x, layout(dy, True), "one_pass"), results(x, dy, "one_pass"), strict=True
    ):
        np.testing.assert_allclose(found, expected, 1e-12)
