"""Activations: the functions, and the layers that call them."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import number
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import activation_operators as ours
from crosscheck.nn.torch_ops.fall_back import compute, derived
from crosscheck.nn.torch_ops.operators import Operators


def _apply(operators: Operators, input: Tensor, inplace: bool = False, *options: Any) -> Tensor:
    """Call an operator; with inplace=True its result is also copied into `input`, and returned."""
    if not inplace:
        return operators.forward(input, *options)
    kept = input if operators is ours.RELU else input.clone()  # gradients of the others read it
    return input.copy_(operators.forward(kept, *options))


@public
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.leaky_relu` for floating dtypes.

    With inplace=True the result is also copied into `input`, which is returned. As in PyTorch, an
    input that requires grad cannot be overwritten with a slope below 0: RuntimeError.
    """
    op = "leaky_relu"
    negative_slope = number(op, "negative_slope", negative_slope)
    if inplace and negative_slope < 0 and input.requires_grad and torch.is_grad_enabled():
        expected = "a number of at least 0 where an input that requires grad is overwritten"
        reject(op, "negative_slope", negative_slope, expected, RuntimeError)
    return _apply(ours.LEAKY_RELU, input, inplace, negative_slope)


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.RELU, input, inplace)


@public
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu6` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.RELU6, input, inplace)


@public
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.silu` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.SILU, input, inplace)


@public
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.mish` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.MISH, input, inplace)


@public
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.hardswish` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.HARDSWISH, input, inplace)


@public
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.hardsigmoid` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.HARDSIGMOID, input, inplace)


@public
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`torch.nn.functional.prelu` for floating dtypes."""
    return ours.PRELU.forward(input, weight)


@public
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.elu` for floating dtypes; `inplace` as for `leaky_relu`."""
    return _apply(ours.ELU, input, inplace, number("elu", "alpha", alpha))


@public
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """`torch.nn.functional.gelu` for floating dtypes."""
    return _apply(ours.GELU, input, False, approximate)


@public
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """`torch.nn.functional.softplus` for floating dtypes."""
    options = (("beta", beta), ("threshold", threshold))
    return _apply(ours.SOFTPLUS, input, False, *(number("softplus", *each) for each in options))


@public
def sigmoid(input: Tensor) -> Tensor:
    """`torch.nn.functional.sigmoid` for floating dtypes."""
    return _apply(ours.SIGMOID, input)


@public
def tanh(input: Tensor) -> Tensor:
    """`torch.nn.functional.tanh` for floating dtypes."""
    return _apply(ours.TANH, input)


def _layer(base: type[torch.nn.Module], function: Callable, *options: str) -> type[torch.nn.Module]:
    """Return the layer that calls our function; `options` are attributes and arguments alike."""

    def forward(self: torch.nn.Module, input: Tensor) -> Tensor:
        return compute(
            self, function, input=input, **{name: getattr(self, name) for name in options}
        )

    return derived(base, function, forward)


ReLU = _layer(torch.nn.ReLU, relu, "inplace")
LeakyReLU = _layer(torch.nn.LeakyReLU, leaky_relu, "negative_slope", "inplace")
PReLU = _layer(torch.nn.PReLU, prelu, "weight")
ReLU6 = _layer(torch.nn.ReLU6, relu6, "inplace")
ELU = _layer(torch.nn.ELU, elu, "alpha", "inplace")
GELU = _layer(torch.nn.GELU, gelu, "approximate")
SiLU = _layer(torch.nn.SiLU, silu, "inplace")
Mish = _layer(torch.nn.Mish, mish, "inplace")
Hardswish = _layer(torch.nn.Hardswish, hardswish, "inplace")
Hardsigmoid = _layer(torch.nn.Hardsigmoid, hardsigmoid, "inplace")
Sigmoid = _layer(torch.nn.Sigmoid, sigmoid)
Tanh = _layer(torch.nn.Tanh, tanh)
Softplus = _layer(torch.nn.Softplus, softplus, "beta", "threshold")
