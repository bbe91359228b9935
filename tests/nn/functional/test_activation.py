"""Activations and functions of one tensor: functions, methods, layers, and inside PyTorch."""

import copy

import numpy as np
import pytest
import torch

import crosscheck.nn.functional as F
from crosscheck import nn
from crosscheck.nn import torch_ops

X = np.random.default_rng(0).standard_normal((4, 5)) * 3

FUNCTIONS = {
    "relu": {}, "relu6": {}, "leaky_relu": {"negative_slope": 0.3}, "elu": {"alpha": 0.7},
    "gelu": {"approximate": "tanh"}, "silu": {}, "mish": {}, "hardswish": {}, "hardsigmoid": {},
    "sigmoid": {}, "tanh": {}, "softplus": {"beta": 2.0, "threshold": 1.0},
}  # fmt: skip
IN_PLACE = "relu relu6 leaky_relu elu silu mish hardswish hardsigmoid".split()
METHODS = {
    "abs": (), "exp": (), "log": (), "sqrt": (), "rsqrt": (), "reciprocal": (), "square": (),
    "neg": (), "relu": (), "sigmoid": (), "tanh": (),
    "pow": (2.5,), "clamp": (0.5, 2.0),
}  # fmt: skip
LAYERS = {
    "ReLU": {"inplace": True}, "ReLU6": {}, "LeakyReLU": {"negative_slope": 0.2}, "Sigmoid": {},
    "ELU": {"alpha": 0.7, "inplace": True}, "GELU": {"approximate": "tanh"}, "SiLU": {}, "Tanh": {},
    "Mish": {"inplace": True}, "Hardswish": {"inplace": True}, "Hardsigmoid": {},
    "Softplus": {"beta": 2.0},
}  # fmt: skip


def ours(array, leaf=True):
    return nn.tensor(array.copy(), leaf)


def torchs(array, leaf=True):
    return torch.tensor(array, requires_grad=leaf)


def results(function, make):
    """Return output and gradient, the function being between two others."""
    leaf = make(np.abs(X) + 0.1)
    y = function(leaf * 1.5)
    y.backward(make(X, False))
    return y.detach().numpy(), leaf.grad.numpy()


def same(own, other, name=""):
    """PyTorch's gradient of hardsigmoid has the 1/6 of float32 in float64, too."""
    rtol = 5e-8 if name.lower() == "hardsigmoid" else 1e-13
    for each, expected in zip(own, other, strict=True):
        np.testing.assert_allclose(each, expected, rtol=rtol, atol=1e-14)


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("library", [F, torch_ops])
def test_functions_are_torchs(library, name):
    def of(library):
        return lambda x: getattr(library, name)(x * -1, **FUNCTIONS[name])

    own = results(of(library), ours if library is F else torchs)
    same(own, results(of(torch.nn.functional), torchs), name)


@pytest.mark.parametrize("name", IN_PLACE)
@pytest.mark.parametrize("library", [F, torch_ops])
def test_in_place_the_input_is_overwritten_and_its_gradient_is_right(library, name):
    make = ours if library is F else torchs

    def of(library, inplace):
        return lambda x: getattr(library, name)(x * -1, **FUNCTIONS[name], inplace=inplace)

    same(results(of(library, True), make), results(of(library, False), make))
    x = make(X, False)
    assert getattr(library, name)(x, **FUNCTIONS[name], inplace=True) is x
    expected = getattr(torch.nn.functional, name)(torch.tensor(X), **FUNCTIONS[name])
    np.testing.assert_allclose(x.numpy(), expected.numpy(), rtol=1e-13, atol=1e-15)


def test_in_place_a_gradient_that_reads_the_input_is_not_that_of_later_writes():
    leaf = ours(X)
    h = leaf * 2
    F.relu(F.silu(h, inplace=True), inplace=True).backward(ours(X, False))
    other = torchs(X)
    g = other * 2
    torch.relu_(torch.nn.functional.silu(g, inplace=True)).backward(torch.tensor(X))
    np.testing.assert_allclose(leaf.grad.numpy(), other.grad.numpy(), rtol=1e-13)


@pytest.mark.parametrize("name", METHODS)
def test_methods_and_functions_of_nn_are_torchs(name):
    expected = results(lambda x: getattr(x, name)(*METHODS[name]), torchs)
    same(results(lambda x: getattr(x, name)(*METHODS[name]), ours), expected)
    same(results(lambda x: getattr(nn, name)(x, *METHODS[name]), ours), expected)


def test_operators_of_python():
    for function in (abs, lambda x: x**3, lambda x: x**-0.5, lambda x: -x):
        same(results(function, ours), results(function, torchs))
    with pytest.raises(TypeError, match="unsupported operand"):
        ours(X) ** "2"


@pytest.mark.parametrize("name", LAYERS)
def test_layers_are_torchs(name):
    for options in ({}, LAYERS[name]):
        layer, other = getattr(nn, name)(**options), getattr(torch.nn, name)(**options)
        assert repr(layer) == repr(other)
        same(results(layer, ours), results(other, torchs), name)
    with pytest.raises(TypeError, match="unexpected keyword argument 'slope'"):
        getattr(nn, name)(slope=1)


def test_replace_gives_a_model_ours():
    layers = [getattr(torch.nn, name)(**options) for name, options in LAYERS.items()]
    model = torch.nn.Sequential(torch.nn.Linear(5, 5), *layers).double()
    own = copy.deepcopy(model)
    found = torch_ops.replace(own)
    assert not found.left
    assert [each.kind for each in found.replaced] == ["Linear", *LAYERS]
    x = torch.tensor(X)
    torch.testing.assert_close(own(x), model(x), rtol=1e-12, atol=1e-12)
    assert not found.fell_back


@pytest.mark.parametrize("count", [1, 4])
def test_prelu_learns_its_weights(count):
    x, dy = np.random.default_rng(1).standard_normal((2, 2, 4, 3)).astype(np.float32)
    layers = nn.PReLU(count, 0.3), torch.nn.PReLU(count, 0.3), torch.nn.PReLU(count, 0.3)
    assert repr(layers[0]) == repr(layers[1]) == f"PReLU(num_parameters={count})"
    torch_ops.replace(layers[2])
    found = []
    for layer, make in zip(layers, (ours, torchs, torchs), strict=True):
        leaf = make(x)
        y = layer(leaf)
        y.backward(make(dy, False))
        found.append((y.detach().numpy(), leaf.grad.numpy(), layer.weight.grad.numpy()))
    for own in (found[0], found[2]):
        for each, expected in zip(own, found[1], strict=True):
            np.testing.assert_allclose(each, expected, rtol=1e-5)
