"""Operators of signals: those of images of one row, to the bit, and what they refuse."""

import numpy as np
import pytest

from crosscheck.kernels.convolution import conv1d, conv2d
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.pooling import adaptive_avg_pool1d, avg_pool1d, max_pool1d, max_pool2d

X = np.random.default_rng(0).standard_normal((2, 4, 11)).astype(np.float32)
W = np.random.default_rng(1).standard_normal((6, 2, 3)).astype(np.float32)
WINDOWS = {"stride": 2, "padding": 1, "dilation": 2}


def row(array):
    return array[..., None, :]


def rows(options):
    numbers = {"padding": 0}
    return {name: (numbers.get(name, 1), value) for name, value in options.items()}


def test_conv1d_is_conv2d_of_one_row():
    y = conv1d.forward(X, W, None, **WINDOWS, groups=2)
    expected = conv2d.forward(row(X), row(W), None, **rows(WINDOWS), groups=2)
    np.testing.assert_array_equal(row(y), expected, strict=True)
    dw = conv1d.weight_gradient(X, W.shape, y, **WINDOWS, groups=2)
    expected = conv2d.weight_gradient(row(X), row(W).shape, row(y), **rows(WINDOWS), groups=2)
    np.testing.assert_array_equal(row(dw), expected, strict=True)
    np.testing.assert_array_equal(conv1d.bias_gradient(y), conv2d.bias_gradient(row(y)))


def test_max_pool1d_is_max_pool2d_of_one_row_and_counts_elements_of_it():
    y, indices = max_pool1d.forward(X, 3, **WINDOWS)
    found = max_pool2d.forward(row(X), (1, 3), **rows(WINDOWS))
    for ours, expected in zip((y, indices), found, strict=True):
        np.testing.assert_array_equal(row(ours), expected, strict=True)
    np.testing.assert_array_equal(np.take_along_axis(X, indices, -1), y)


def test_any_layout_in_and_out():
    x = np.stack([X, X], -1).transpose(1, 0, 2, 3)[..., 1].transpose(1, 0, 2)
    out = np.full((2, 6, 9, 2), np.nan, np.float32)[..., 0]
    with sanitized():
        assert conv1d.forward(x, W, groups=2, out=out) is out
    np.testing.assert_array_equal(out, conv1d.forward(X, W, groups=2))
    assert conv1d.forward(x[0], W, groups=2).shape == (6, 9)


def test_an_empty_stride_is_the_window():
    np.testing.assert_array_equal(avg_pool1d.forward(X, 3, ()), avg_pool1d.forward(X, [3]))


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: conv1d.forward(X, W, stride=0), ValueError, "conv1d: stride is 0; expected an"),
        (lambda: conv1d.forward(X, W, stride=(1, 1)), ValueError, "(1, 1); expected one integer"),
        (lambda: conv1d.forward(row(X), W), ValueError, "input.shape is (2, 4, 1, 11); expected 2"),
        (lambda: conv1d.forward(X, row(W)), ValueError, "weight.shape is (6, 2, 1, 3); expected 3"),
        (lambda: conv1d.forward(X, W), ValueError, "(of the signal as an image of one row)"),
        (lambda: max_pool1d.forward(X, 2.5), TypeError, "kernel_size is 2.5; expected an integer"),
        (lambda: avg_pool1d.forward(X, 3, padding=-1), ValueError, "padding is -1; expected"),
        (lambda: adaptive_avg_pool1d.forward(X, -1), ValueError, "output_size is -1; expected"),
        (
            lambda: conv1d.weight_gradient(X, W.shape, X, groups=2),
            ValueError,
            "conv1d weight_gradient: grad_output.shape is (2, 4, 11); expected (2, 6, 9)",
        ),
        (lambda: max_pool1d.forward(X, 3, windows=3), TypeError, "unexpected keyword"),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
