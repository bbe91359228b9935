"""Norms of any order over any axes against PyTorch: both algorithms, gradients, launches."""

import numpy as np
import pytest
import torch

from crosscheck.kernels.launch import sanitized, wide_index
from crosscheck.kernels.reduction import vector_norm

ORDERS = (2, 1, 0, 3, 1.5, 0.5, -1.5, np.inf, -np.inf)
orders = pytest.mark.parametrize("order", ORDERS)


def normal(*shape, seed=0):
    return np.asarray(np.random.default_rng(seed).standard_normal(shape))


def torchs(x, order, dim=None, keepdim=False):
    """Return PyTorch's norm, a gradient of it, and that of the input."""
    x = torch.from_numpy(x.copy()).requires_grad_()
    y = torch.linalg.vector_norm(x, order, dim, keepdim)
    dy = torch.from_numpy(normal(*y.shape, seed=1))
    (dx,) = torch.autograd.grad(y, x, dy, materialize_grads=True)
    return y.detach().numpy(), dy.numpy(), dx.numpy()


@orders
@pytest.mark.parametrize("shape, dim", [((3, 4, 5), (0, 2)), ((7,), None), ((), None)], ids=str)
def test_norm_and_gradient_are_torchs(order, shape, dim):
    x = normal(*shape)
    for keepdim in (False, True):
        y, dy, dx = torchs(x, order, dim, keepdim)
        found = vector_norm.forward(x, order, dim, keepdim)
        np.testing.assert_allclose(found, y, rtol=1e-13, strict=True)
        gradient = vector_norm.input_gradient(dy, x, found, order, dim, keepdim)
        np.testing.assert_allclose(gradient, dx, rtol=1e-12, atol=1e-14, strict=True)


@pytest.mark.parametrize("order", [2, 3])
def test_the_tree_is_chosen_for_long_vectors_and_takes_no_infinite_order(order):
    x = normal(5000)
    exact = np.linalg.norm(x, order)
    for algorithm in (None, "direct", "tree"):
        found = vector_norm.forward(x, order, algorithm=algorithm)
        np.testing.assert_allclose(found, exact, rtol=1e-12)
    with pytest.raises(ValueError, match="an infinite p takes no sum"):
        vector_norm.forward(x, np.inf, algorithm="tree")


@pytest.mark.parametrize("order", [0, 2, 3, 0.5, np.inf])
def test_a_vector_of_zeros_passes_no_gradient(order):
    x, dy = np.zeros((2, 3)), np.ones(2)
    y = vector_norm.forward(x, order, 1)
    assert not y.any()
    assert not vector_norm.input_gradient(dy, x, y, order, 1).any()


def test_of_nothing_a_sum_is_0_and_there_is_no_largest():
    for order in (0, 1, 2, 2.5):
        assert vector_norm.forward(np.zeros((2, 0)), order, 1).tolist() == [0, 0]
    for order in (np.inf, -np.inf, -1):
        assert vector_norm.forward(np.zeros((0, 3)), order, 1).shape == (0,)
        with pytest.raises(ValueError, match=r"input.shape is \(2, 0\); expected at least one"):
            vector_norm.forward(np.zeros((2, 0)), order, 1)


def test_strides_wide_indices_and_the_sanitizer():
    x = normal(4, 3, 5).T[::2]
    y, dy, dx = torchs(x, 1.5, 1)
    with wide_index(), sanitized():
        found = vector_norm.forward(x, 1.5, 1)
        gradient = vector_norm.input_gradient(dy, x, found, 1.5, 1)
    np.testing.assert_allclose(found, y, rtol=1e-13)
    np.testing.assert_allclose(gradient, dx, rtol=1e-12)
    assert gradient.strides == np.empty_like(x).strides
