"""Linear layers, softmax and losses of `nn.functional` against torch's: values and gradients."""

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import crosscheck.nn.functional as F
from crosscheck import nn


def normal(seed, *shape):
    return np.random.default_rng(seed).standard_normal(shape)


X, W, B = normal(0, 2, 3, 5), normal(1, 4, 5), normal(2, 4)


def assert_like_torchs(function, *arrays):
    """Hold value and gradients of a function of (F, tensor maker, *tensors) against torch's."""
    results = []
    for functional, constant, leaf in (
        (F, nn.tensor, lambda a: nn.tensor(a, requires_grad=True)),
        (TF, torch.tensor, lambda a: torch.tensor(a, requires_grad=True)),
    ):
        tensors = [leaf(array) for array in arrays]
        y = function(functional, constant, *tensors)
        gradient = np.asarray(normal(9, *y.shape).astype(y.detach().numpy().dtype))
        y.backward(constant(gradient))
        results.append([y.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)])
    for ours, theirs in zip(*results, strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=1e-11, atol=1e-13, strict=True)


def test_linear():
    assert_like_torchs(lambda f, c, x, w, b: f.linear(x, w, b), X, W, B)
    assert_like_torchs(lambda f, c, x, w: f.linear(x, w), X, W)
    assert_like_torchs(lambda f, c, x, w: f.linear(x, w), X, W[0].copy())


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("dim", [0, 1, -1])
def test_softmax(name, dim):
    assert_like_torchs(lambda f, c, x: getattr(f, name)(x, dim), X)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize("shape", [(), (3,), (3, 4), (2, 3, 4), (2, 3, 4, 5)])
def test_softmax_picks_a_dim_as_torch_does_and_warns(name, shape):
    with pytest.warns(UserWarning, match="dim"):
        assert_like_torchs(lambda f, c, x: getattr(f, name)(x), np.asarray(normal(0, *shape)))


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
@pytest.mark.parametrize(("given", "wanted"), [("float32", "float64"), ("float64", "float32")])
def test_softmax_in_another_dtype_gives_a_gradient_in_the_inputs(name, given, wanted):
    x = normal(0, 3, 4).astype(given)
    ours, theirs = nn.tensor(x, requires_grad=True), torch.tensor(x, requires_grad=True)
    y = getattr(F, name)(ours, 1, dtype=np.dtype(wanted))
    expected = getattr(TF, name)(theirs, 1, dtype=getattr(torch, wanted))
    gradient = normal(1, 3, 4).astype(wanted)
    y.backward(nn.tensor(gradient))
    expected.backward(torch.tensor(gradient))
    assert y.dtype == wanted and ours.grad.dtype == given
    np.testing.assert_allclose(y.numpy(), expected.detach().numpy(), rtol=1e-6)
    np.testing.assert_allclose(ours.grad.numpy(), theirs.grad.numpy(), rtol=1e-4, atol=1e-7)


def test_softmax_in_integers_is_refused():
    with pytest.raises(
        TypeError, match="dtype is .* expected float32, float64, float16 or bfloat16"
    ):
        F.softmax(nn.tensor(X), 1, dtype=np.int64)


CLASSES = np.array([[1, 0, 2], [2, -1, 0]])
LOGITS = normal(3, 2, 4, 3)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_cross_entropy(reduction):
    def loss(f, constant, x):
        how = dict(ignore_index=-1, reduction=reduction, label_smoothing=0.1)
        return f.cross_entropy(x, constant(CLASSES), constant(np.abs(B)), **how)

    assert_like_torchs(loss, LOGITS)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_cross_entropy_brings_a_gradient_to_probabilities(reduction):
    def loss(f, constant, x, t):
        how = dict(reduction=reduction, label_smoothing=0.1)
        return f.cross_entropy(x, t, constant(np.abs(B)), **how)

    assert_like_torchs(loss, LOGITS, normal(4, *LOGITS.shape))


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
def test_mse_loss(reduction):
    assert_like_torchs(
        lambda f, c, x, t: f.mse_loss(x, t, reduction=reduction), X, normal(5, 2, 3, 5)
    )
    assert_like_torchs(
        lambda f, c, x, t: f.mse_loss(x, t, reduction=reduction, weight=c(np.abs(X))),
        X,
        normal(5, 2, 3, 5),
    )


@pytest.mark.parametrize("shape", [(5,), (1, 3, 1), (4, 2, 3, 5), ()])
@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.filterwarnings("ignore:Using a target size")
def test_mse_loss_broadcasts_and_warns(shape, reduction):
    target = np.asarray(normal(5, *shape))
    with pytest.warns(UserWarning, match="target.shape is"):
        assert_like_torchs(lambda f, c, x, t: f.mse_loss(x, t, reduction=reduction), X, target)


@pytest.mark.parametrize("reduction", ["none", "mean", "sum"])
@pytest.mark.filterwarnings("ignore:Using a target size", "ignore:l1_loss. target.shape is")
def test_weights_broadcast_with_an_input(reduction):
    """They have the input's shape; a mean divides by the sum of that many."""
    target, how = normal(5, 4, *X.shape), dict(reduction=reduction)
    assert_like_torchs(lambda f, c, x, t: f.l1_loss(x, t, weight=c(np.abs(X)), **how), X, target)
    x, t = nn.tensor(X), nn.tensor(X[0].copy())
    with pytest.raises(ValueError, match="weight.shape is"):
        F.mse_loss(x, t, weight=t)


@pytest.mark.parametrize("size_average", [None, True, False])
@pytest.mark.parametrize("reduce", [None, True, False])
@pytest.mark.filterwarnings("ignore:size_average and reduce")
def test_the_old_names_of_a_reduction(size_average, reduce):
    how = dict(size_average=size_average, reduce=reduce)
    assert_like_torchs(lambda f, c, x, t: f.mse_loss(x, t, **how), X, normal(5, 2, 3, 5))
    classes = np.array([1, 2])
    assert_like_torchs(lambda f, c, x: f.cross_entropy(x, c(classes), **how), X[:, :, 0].copy())


def test_a_gradient_that_nothing_computes_is_refused():
    x, weight = nn.tensor(normal(0, 2, 3)), nn.tensor(np.ones(3), requires_grad=True)
    with pytest.raises(NotImplementedError, match="weight.requires_grad is True"):
        F.cross_entropy(x, nn.tensor(np.array([0, 1])), weight)


def test_a_classifier_learns_step_for_step_as_torchs():
    def loss(f, constant, x, w, b):
        return f.cross_entropy(f.linear(f.relu(x), w, b), constant(np.array([3, 0])))

    assert_like_torchs(loss, X[:, 0].copy(), W, B)


def test_gradients_pass_gradcheck_through_finite_differences():
    """No torch at all: the loss's own values say what its gradient is."""
    x, t, step = normal(0, 3, 4), np.array([1, 3, 0]), 1e-6
    leaf = nn.tensor(x, requires_grad=True)
    F.cross_entropy(leaf, nn.tensor(t), label_smoothing=0.2).backward()
    for at in np.ndindex(x.shape):
        up, down = x.copy(), x.copy()
        up[at] += step
        down[at] -= step
        values = [
            float(F.cross_entropy(nn.tensor(a), nn.tensor(t), label_smoothing=0.2).numpy())
            for a in (up, down)
        ]
        slope = (values[0] - values[1]) / (2 * step)
        np.testing.assert_allclose(leaf.grad.numpy()[at], slope, atol=1e-8)
