"""`nn.functional` against `torch.nn.functional`: signatures, values and gradients."""

import inspect
import re

import numpy as np
import pytest
import torch
import torch.nn.functional as TF

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.kernels.convolution import CONV2D

X = np.random.default_rng(0).standard_normal((2, 4, 9, 8))
W = np.random.default_rng(1).standard_normal((6, 2, 3, 3))
B = np.random.default_rng(2).standard_normal(6)


def random_like(array, seed=3):
    return np.random.default_rng(seed).standard_normal(array.shape).astype(array.dtype)


def torch_signature(function):
    """Return {argument: default}; PyTorch's built-ins have theirs on the docstring's first line."""
    try:
        parameters = inspect.signature(function).parameters.values()
        return {each.name: each.default for each in parameters}
    except ValueError:
        line = re.search(r"\((.*)\) -> Tensor", function.__doc__).group(1)
        return {
            name: eval(default) if default else inspect.Parameter.empty
            for name, _, default in (part.partition("=") for part in line.split(", "))
        }


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (F.conv2d, TF.conv2d),
        (F.max_pool2d, TF.max_pool2d_with_indices),  # max_pool2d itself hides behind *args
        (F.avg_pool2d, TF.avg_pool2d),
        (F.relu, TF.relu),
        (F.linear, TF.linear),
        (F.softmax, TF.softmax),
        (F.log_softmax, TF.log_softmax),
        (F.cross_entropy, TF.cross_entropy),
        (F.mse_loss, TF.mse_loss),
    ],
)
def test_signature_is_torchs(ours, theirs):
    expected = torch_signature(theirs)
    parameters = inspect.signature(ours).parameters
    assert {name: each.default for name, each in parameters.items()} == expected
    assert list(parameters) == list(expected)


def test_torchs_max_pool2d_defaults_to_no_indices():
    assert torch_signature(TF.max_pool2d_with_indices)["return_indices"] is False
    assert isinstance(TF.max_pool2d(torch.ones(1, 2, 2), 2), torch.Tensor)


def both(function, *arrays):
    """Return ours and torch's [output, gradient of each array] of one function of (F, *tensors)."""
    results = []
    for functional, make in (
        (F, lambda a: nn.tensor(a, requires_grad=True)),
        (TF, lambda a: torch.from_numpy(a.copy()).requires_grad_()),
    ):
        tensors = [make(array) for array in arrays]
        y = function(functional, *tensors)
        value = y.detach().numpy()
        gradient = random_like(value)
        y.backward(gradient if functional is F else torch.from_numpy(gradient))
        results.append([value, *(tensor.grad.numpy() for tensor in tensors)])
    return results


def assert_close(ours, theirs):
    for actual, expected in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(actual, expected, rtol=1e-11, atol=1e-11, strict=True)


def test_conv2d_with_every_argument():
    assert_close(*both(lambda f, x, w, b: f.conv2d(x, w, b, (2, 1), (1, 2), (1, 2), 2), X, W, B))


def test_conv2d_without_bias():
    assert_close(*both(lambda f, x, w: f.conv2d(x, w, padding="same", groups=2), X, W))


def test_conv2d_unbatched():
    assert_close(*both(lambda f, x, w, b: f.conv2d(x, w, b, groups=2), X[0].copy(), W, B))


def test_conv2d_of_no_channels_gives_the_bias_zeros():
    x, w, b = (nn.tensor(a, requires_grad=True) for a in (X[:, :0], W[:, :0], B))
    y = F.conv2d(x, w, b)
    y.backward(nn.tensor(np.zeros(y.shape)))
    tx, tw, tb = (torch.tensor(a, requires_grad=True) for a in (X[:, :0], W[:, :0], B))
    ty = TF.conv2d(tx, tw, tb)
    ty.backward(torch.zeros_like(ty))
    assert y.shape == tuple(ty.shape)
    for ours, theirs in ((x, tx), (w, tw), (b, tb)):
        np.testing.assert_array_equal(ours.grad.numpy(), theirs.grad.numpy())


def test_max_pool2d():
    assert_close(*both(lambda f, x: f.max_pool2d(x, 3, 2, 1, 2, True), X))


def test_avg_pool2d():
    assert_close(*both(lambda f, x: f.avg_pool2d(x, 3, 2, 1, True, False, 5), X))
    assert_close(*both(lambda f, x: f.avg_pool2d(x, 3, 2, 1, True, False), X))


def test_relu():
    assert_close(*both(lambda f, x: f.relu(x), X))


def test_chain_of_all_of_them():
    def network(f, x, w, b):
        y = f.relu(f.conv2d(x, w, b, padding=1, groups=2))
        return f.avg_pool2d(f.max_pool2d(y, 2), 2, 1)

    assert_close(*both(network, X, W, B))


def test_weight_shared_by_two_layers():
    square = np.random.default_rng(4).standard_normal((4, 4, 3, 3))
    assert_close(*both(lambda f, x, w: f.conv2d(f.relu(f.conv2d(x, w, padding=1)), w), X, square))


def test_input_used_as_its_own_filter():
    x = np.random.default_rng(5).standard_normal((3, 3, 3, 3))
    assert_close(*both(lambda f, x: f.conv2d(x, x, padding=1), x))


def test_float32_stays_float32():
    x = nn.tensor(X.astype(np.float32), requires_grad=True)
    y = F.avg_pool2d(F.relu(F.max_pool2d(x, 2)), 2)
    y.backward(random_like(y.array))
    assert y.dtype == x.grad.dtype == np.float32


def test_return_indices():
    x = nn.tensor(X, requires_grad=True)
    y, indices = F.max_pool2d(x, 2, return_indices=True)
    expected, expected_indices = TF.max_pool2d(torch.from_numpy(X), 2, return_indices=True)
    np.testing.assert_array_equal(y.numpy(), expected.numpy(), strict=True)
    np.testing.assert_array_equal(indices.numpy(), expected_indices.numpy(), strict=True)
    assert y.requires_grad and not indices.requires_grad


@pytest.mark.parametrize("wanted", ["input", "weight", "bias"])
def test_conv2d_launches_no_gradient_that_nobody_wants(wanted, monkeypatch):
    launched, run = [], CONV2D.run

    def spy(direction, *arguments):
        launched.append(direction)
        return run(direction, *arguments)

    monkeypatch.setattr(CONV2D, "run", spy)
    tensors = {
        name: nn.tensor(value, requires_grad=name == wanted)
        for name, value in (("input", X), ("weight", W), ("bias", B))
    }
    y = F.conv2d(**tensors, groups=2)
    y.backward(random_like(y.array))
    assert launched == ["forward", f"{wanted}_gradient"]
    assert [name for name, tensor in tensors.items() if tensor.grad is not None] == [wanted]


def test_max_pool2d_does_not_keep_its_input_alive():
    x = nn.tensor(X.copy(), requires_grad=True)
    (edge,) = F.max_pool2d(x, 2).grad_fn.edges
    saved = edge.derivative.bound.values()
    assert not any(isinstance(each, np.ndarray) and each.shape == X.shape for each in saved)


def test_no_grad_records_nothing():
    with nn.no_grad():
        y = F.relu(nn.tensor(X, requires_grad=True))
    assert y.is_leaf and not y.requires_grad


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: F.relu(X), "relu: input is 'ndarray'; expected an nn.Tensor"),
        (lambda: F.max_pool2d([1], 2), "max_pool2d: input is 'list'; expected an nn.Tensor"),
        (lambda: F.avg_pool2d(None, 2), "avg_pool2d: input is 'NoneType'; expected an nn.Tensor"),
        (lambda: F.conv2d(nn.tensor(X), W), "conv2d: weight is 'ndarray'; expected an nn.Tensor"),
        (
            lambda: F.conv2d(nn.tensor(X), nn.tensor(W), B),
            "conv2d: bias is 'ndarray'; expected an nn.Tensor",
        ),
    ],
)
def test_functional_takes_tensors_only(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_kernels_messages_reach_the_caller():
    with pytest.raises(ValueError, match="max_pool2d: padding is"):
        F.max_pool2d(nn.tensor(X), 2, padding=2)
