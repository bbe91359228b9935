"""Local response normalisation: any layout in and out, windows of any size, what it refuses."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.normalization import local_response_norm as norm

X, DY = np.random.default_rng(0).standard_normal((2, 2, 5, 3, 4))
HOW = {"size": 4, "alpha": 0.7, "beta": 0.6, "k": 1.5}


def torchs():
    x = torch.tensor(X, requires_grad=True)
    y = torch.nn.functional.local_response_norm(x, **HOW)
    return y.detach().numpy(), torch.autograd.grad(y, x, torch.tensor(DY))[0].numpy()


@pytest.mark.parametrize("context", [wide_index, sanitized])
def test_any_layout_in_and_out(context):
    strided = np.stack([X[::-1], X[::-1]], -1)[::-1, ..., 1]
    out, dx = np.full((2, 5, 3, 8), np.nan)[..., ::2], np.full((2, 4, 3, 5), np.nan)
    with context():
        assert norm.forward(strided, **HOW, out=out) is out
        norm.input_gradient(DY[::-1].copy()[::-1], strided, **HOW, out=dx.transpose(0, 3, 2, 1))
    for found, right in zip((out, dx.transpose(0, 3, 2, 1)), torchs(), strict=True):
        np.testing.assert_allclose(found, right, rtol=1e-12, atol=1e-13)


def test_the_memory_order_is_the_inputs():
    x = np.ascontiguousarray(X.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)
    assert norm.forward(x, 3).strides == norm.input_gradient(DY, x, 3).strides == x.strides


def test_a_window_may_be_wider_than_any_index():
    size = 2**40
    squares = (X * X).sum(1, keepdims=True)
    found = norm.forward(X, size, alpha=0.5 * size, beta=1.0)
    np.testing.assert_allclose(found, X / (1 + 0.5 * squares), rtol=1e-12)
    dx = norm.input_gradient(DY, X, size, alpha=0.5 * size, beta=1.0)
    right = norm.input_gradient(DY, X, 9, alpha=0.5 * 9, beta=1.0)
    np.testing.assert_allclose(dx, right, rtol=1e-12)


@pytest.mark.parametrize("shape", [(0, 3, 2), (2, 0, 4), (2, 3, 0, 4)])
def test_without_elements_nothing_is_computed(shape):
    nothing = np.zeros(shape)
    assert norm.forward(nothing, 3).shape == norm.input_gradient(nothing, nothing, 3).shape == shape


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: norm.forward(X[0, 0], 3),
            ValueError,
            "input.shape is (3, 4); expected",
        ),
        (lambda: norm.forward(X, 0), ValueError, "size is 0; expected"),
        (lambda: norm.forward(X, 2.0), TypeError, "size is 2.0; expected"),
        (lambda: norm.forward(X, 3, "1"), TypeError, "alpha is '1'; expected a number"),
        (lambda: norm.forward(X, 3, k=None), TypeError, "k is None; expected a number"),
        (
            lambda: norm.input_gradient(DY[0], X, 3),
            ValueError,
            "local_response_norm input_gradient: grad_output.shape is (5, 3, 4); expected (2, 5",
        ),
    ],
)
def test_bad_input(call, error, message):
    with pytest.raises(error) as raised:
        call()
    assert message in str(raised.value)
