"""pixel_shuffle and its way back, also where PyTorch's own gradient raises: without elements."""

import numpy as np
import pytest

from crosscheck.kernels.memory_format import in_nhwc, is_channels_last
from crosscheck.kernels.resize import pixel_shuffle, pixel_unshuffle

X = np.arange(2 * 12 * 3 * 5, dtype=np.float32).reshape(2, 12, 3, 5)


def test_there_and_back_is_the_same():
    y = pixel_shuffle.forward(X, 2)
    assert y.shape == (2, 3, 6, 10)
    for back in (pixel_unshuffle.forward, pixel_shuffle.input_gradient):
        np.testing.assert_array_equal(back(y, 2), X, strict=True)
    np.testing.assert_array_equal(pixel_unshuffle.input_gradient(X, 2), y, strict=True)


def test_a_pixel_is_made_of_neighbouring_channels():
    np.testing.assert_array_equal(
        pixel_shuffle.forward(X, 2)[0, 1, 2:4, 4:6].ravel(), X[0, 4:8, 1, 2]
    )


def test_the_output_keeps_the_memory_format():
    y = pixel_shuffle.forward(in_nhwc(X), 2)
    assert is_channels_last(y.shape, y.strides)


@pytest.mark.parametrize("shape", [(0, 4, 3, 5), (2, 4, 0, 5), (2, 0, 3, 5)])
def test_no_elements(shape):
    y = pixel_shuffle.forward(np.empty(shape), 2)
    assert y.shape == (shape[0], shape[1] // 4, 2 * shape[2], 2 * shape[3])
    assert pixel_shuffle.input_gradient(y, 2).shape == shape


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: pixel_shuffle.forward(X, 5), r"\(2, 12, 3, 5\); expected channels .* of 25, the"),
        (
            lambda: pixel_shuffle.forward(X, 0),
            "upscale_factor is 0; expected an integer of at least",
        ),
        (
            lambda: pixel_unshuffle.forward(X, 2),
            r"expected rows and columns .* of 2, downscale_fac",
        ),
        (lambda: pixel_shuffle.forward(X[0, 0], 2), "expected at least 3 dimensions"),
    ],
)
def test_refusals_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
