"""Adaptive max pooling against PyTorch, to the bit: values, indices and gradients."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.pooling import adaptive_max_pool2d

X = np.random.default_rng(0).integers(-4, 5, (2, 3, 7, 10)).astype(np.float64)
SIZES = [1, (3, 4), (None, 7), (9, 13), (7, 10)]


def torchs(x, size):
    leaf = torch.from_numpy(x.copy()).requires_grad_()
    y, indices = torch.nn.functional.adaptive_max_pool2d(leaf, size, return_indices=True)
    dy = np.random.default_rng(1).integers(-8, 9, tuple(y.shape)).astype(np.float64)
    y.backward(torch.from_numpy(dy))
    return y.detach().numpy(), indices.numpy(), dy, leaf.grad.numpy()


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("batched", [True, False])
def test_is_torchs(size, batched):
    x = X if batched else X[0]
    y, indices, dy, dx = torchs(x, size)
    found = adaptive_max_pool2d.forward(x, size)
    np.testing.assert_array_equal(found[0], y, strict=True)
    np.testing.assert_array_equal(found[1], indices, strict=True)
    gradient = adaptive_max_pool2d.input_gradient(dy, indices, x.shape)
    np.testing.assert_array_equal(gradient, dx, strict=True)


@pytest.mark.parametrize("context", [wide_index, sanitized])
def test_wide_indices_the_sanitizer_and_layouts_change_nothing(context):
    y, indices, dy, dx = torchs(X, (3, 4))
    strided = np.stack([X, X], -1)[..., 1]
    with context():
        found = adaptive_max_pool2d.forward(strided, (3, 4))
        gradient = adaptive_max_pool2d.input_gradient(dy, indices, X.shape)
    np.testing.assert_array_equal(found[0], y)
    np.testing.assert_array_equal(found[1], indices)
    np.testing.assert_array_equal(gradient, dx)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: adaptive_max_pool2d.forward(X, (2, -1)), "output_size is -1; expected"),
        (lambda: adaptive_max_pool2d.forward(X, (2,)), "output_size is (2,); expected"),
        (lambda: adaptive_max_pool2d.forward(X[:, :0], 2), "input.shape is (2, 0, 7, 10); exp"),
        (lambda: adaptive_max_pool2d.forward(X[0, 0], 2), "expected 3 or 4 dimensions"),
    ],
)
def test_bad_input(call, message):
    with pytest.raises(ValueError) as raised:
        call()
    assert message in str(raised.value)
