"""Activations: the functions, and the layers that call them."""

from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import number
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import activation_operators as ours
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators


def _apply(operators: Operators, input: Tensor, inplace: bool = False, *options: Any) -> Tensor:
    """Call an operator; with inplace=True its result is also copied into `input`, and returned."""
    if not inplace:
        return operators.forward(input, *options)
    kept = input if operators is ours.RELU else input.clone()  # gradients of the others read it
    return input.copy_(operators.forward(kept, *options))


@public
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.leaky_relu` for float32 and float64.

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
    """`torch.nn.functional.relu` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.RELU, input, inplace)


@public
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu6` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.RELU6, input, inplace)


@public
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.silu` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.SILU, input, inplace)


@public
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.mish` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.MISH, input, inplace)


@public
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.hardswish` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.HARDSWISH, input, inplace)


@public
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.hardsigmoid` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.HARDSIGMOID, input, inplace)


@public
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """`torch.nn.functional.prelu` for float32 and float64."""
    return ours.PRELU.forward(input, weight)


@public
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.elu` for float32 and float64; `inplace` as for `leaky_relu`."""
    return _apply(ours.ELU, input, inplace, number("elu", "alpha", alpha))


@public
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """`torch.nn.functional.gelu` for float32 and float64."""
    return _apply(ours.GELU, input, False, approximate)


@public
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """`torch.nn.functional.softplus` for float32 and float64."""
    options = (("beta", beta), ("threshold", threshold))
    return _apply(ours.SOFTPLUS, input, False, *(number("softplus", *each) for each in options))


@public
def sigmoid(input: Tensor) -> Tensor:
    """`torch.nn.functional.sigmoid` for float32 and float64."""
    return _apply(ours.SIGMOID, input)


@public
def tanh(input: Tensor) -> Tensor:
    """`torch.nn.functional.tanh` for float32 and float64."""
    return _apply(ours.TANH, input)


@public
class ReLU(torch.nn.ReLU):
    """`torch.nn.ReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, relu, input=input, inplace=self.inplace)


@public
class LeakyReLU(torch.nn.LeakyReLU):
    """`torch.nn.LeakyReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self, leaky_relu, input=input, negative_slope=self.negative_slope, inplace=self.inplace
        )


@public
class PReLU(torch.nn.PReLU):
    """`torch.nn.PReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, prelu, input=input, weight=self.weight)


@public
class ReLU6(torch.nn.ReLU6):
    """`torch.nn.ReLU6`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, relu6, input=input, inplace=self.inplace)


@public
class ELU(torch.nn.ELU):
    """`torch.nn.ELU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, elu, input=input, alpha=self.alpha, inplace=self.inplace)


@public
class GELU(torch.nn.GELU):
    """`torch.nn.GELU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, gelu, input=input, approximate=self.approximate)


@public
class SiLU(torch.nn.SiLU):
    """`torch.nn.SiLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, silu, input=input, inplace=self.inplace)


@public
class Mish(torch.nn.Mish):
    """`torch.nn.Mish`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, mish, input=input, inplace=self.inplace)


@public
class Hardswish(torch.nn.Hardswish):
    """`torch.nn.Hardswish`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, hardswish, input=input, inplace=self.inplace)


@public
class Hardsigmoid(torch.nn.Hardsigmoid):
    """`torch.nn.Hardsigmoid`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, hardsigmoid, input=input, inplace=self.inplace)


@public
class Sigmoid(torch.nn.Sigmoid):
    """`torch.nn.Sigmoid`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, sigmoid, input=input)


@public
class Tanh(torch.nn.Tanh):
    """`torch.nn.Tanh`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, tanh, input=input)


@public
class Softplus(torch.nn.Softplus):
    """`torch.nn.Softplus`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, softplus, input=input, beta=self.beta, threshold=self.threshold)
