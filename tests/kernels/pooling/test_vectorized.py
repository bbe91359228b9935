"""Pooling by quads of channels, and an average's gradient without a division in its loops."""

import numpy as np
import pytest

from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import avg_pool2d, max_pool2d
from crosscheck.kernels.pooling.pixels import rows_of_pixels

HOW = dict(kernel_size=(3, 2), stride=(2, 1), padding=(1, 0))


def pixels(*shape, dtype=np.float32):
    """Return NaN in channels_last: what is not written shows."""
    n, c, h, w = shape
    return np.moveaxis(np.full((n, h, w, c), np.nan if dtype != np.int64 else -1, dtype), -1, 1)


def filled(*shape, seed=0):
    array = pixels(*shape)
    array[...] = np.random.default_rng(seed).integers(-3, 4, shape)
    return array


def both(algorithm, x, dy, out, indices, dx_max, dx_avg, y):
    max_pool2d.forward(x, **HOW, algorithm=algorithm, out=out, indices=indices)
    max_pool2d.input_gradient(dy, indices, x.shape, **HOW, algorithm=algorithm, out=dx_max)
    avg_pool2d.forward(x, **HOW, count_include_pad=False, algorithm=algorithm, out=y)
    how = dict(count_include_pad=False, algorithm=algorithm, out=dx_avg)
    avg_pool2d.input_gradient(dy, x.shape, **HOW, **how)
    return out, indices, dx_max, y, dx_avg


def results(algorithm):
    x, dy = filled(2, 8, 5, 6), filled(2, 8, 3, 5, seed=1)
    outputs = pixels(*dy.shape), pixels(*dy.shape, dtype=np.int64)
    return both(algorithm, x, dy, *outputs, pixels(*x.shape), pixels(*x.shape), pixels(*dy.shape))


@pytest.mark.parametrize("mode", [sanitized, wide_index, lambda: modes.using(seed=1)])
def test_channels_last_gives_the_bits_of_direct(mode):
    with mode():
        found = results("vectorized")
    for actual, expected in zip(found, results("direct"), strict=True):
        np.testing.assert_array_equal(actual, expected)


@pytest.mark.parametrize("layout", [np.ascontiguousarray, lambda a: a[..., ::-1]])
def test_gradient_of_an_average_has_the_bits_of_direct_in_images(layout):
    dy = layout(np.random.default_rng(0).standard_normal((2, 3, 3, 5)).astype(np.float32))
    given = dict(grad_output=dy, input_size=(2, 3, 5, 6), **HOW, divisor_override=3)
    with sanitized():
        found = avg_pool2d.input_gradient(**given, algorithm="vectorized")
    np.testing.assert_array_equal(found, avg_pool2d.input_gradient(**given, algorithm="direct"))


def test_only_channels_last_in_quads_on_16_bytes_are_rows_of_pixels():
    x = pixels(2, 8, 3, 5)
    (row,) = rows_of_pixels(x)
    assert np.shares_memory(row, x) and row.shape == (x.size,)
    assert rows_of_pixels(x, np.ascontiguousarray(x)) is None
    assert rows_of_pixels(pixels(2, 6, 3, 5)) is None
    assert rows_of_pixels(x[:, :4]) is None
    assert (
        rows_of_pixels(np.zeros(17, np.float32)[1:].reshape(1, 2, 2, 4).transpose(0, 3, 1, 2))
        is None
    )
