"""unfold is a convolution's matrix, and fold its transposed."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.convolution import fold, unfold

GEOMETRY = dict(dilation=(1, 2), padding=(1, 0), stride=(2, 1))
RNG = np.random.default_rng(0)
X, W = (RNG.integers(-4, 5, shape).astype(np.float32) for shape in ((2, 3, 7, 8), (4, 3, 3, 2)))


def test_a_convolution_is_a_product_with_the_unfolded_image():
    columns = unfold.forward(X, (3, 2), **GEOMETRY)
    y = convolution.forward(X, W, **GEOMETRY)
    np.testing.assert_array_equal((W.reshape(4, -1) @ columns).reshape(y.shape), y)


def test_fold_is_the_transposed_of_unfold():
    """<unfold(x), y> = <x, fold(y)>, on integers to the bit; and each is the other's gradient."""
    columns = unfold.forward(X, (3, 2), **GEOMETRY)
    y = RNG.integers(-4, 5, columns.shape).astype(np.float32)
    folded = fold.forward(y, (7, 8), (3, 2), **GEOMETRY)
    assert (columns * y).sum() == (X * folded).sum()
    back = unfold.input_gradient(y, X.shape, (3, 2), **GEOMETRY)
    np.testing.assert_array_equal(back, folded, strict=True)
    np.testing.assert_array_equal(fold.input_gradient(X, (3, 2), **GEOMETRY), columns, strict=True)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: unfold.forward(X, 0),
            "unfold: kernel_size is 0; expected an integer of at least 1",
        ),
        (
            lambda: unfold.forward(X, 9),
            r"input.shape is \(2, 3, 7, 8\); expected room for a window",
        ),
        (lambda: unfold.forward(X[:, :0], 3), "expected at least 1 channel, row and column"),
        (lambda: fold.forward(X[0], (7, 8), 3), "expected a multiple of 9 rows, .* and 30 columns"),
        (lambda: fold.forward(X[0], 2, 3), r"output_size is \(2, 2\); expected room for a window"),
    ],
)
def test_refusals_name_the_argument(call, message):
    with pytest.raises(ValueError, match=message):
        call()
