"""Activations."""

from typing import Any

from crosscheck.kernels.activation.elu import ELU
from crosscheck.kernels.activation.gelu import GELU
from crosscheck.kernels.activation.hardsigmoid import HARDSIGMOID
from crosscheck.kernels.activation.hardswish import HARDSWISH
from crosscheck.kernels.activation.leaky_relu import LEAKY_RELU
from crosscheck.kernels.activation.mish import MISH
from crosscheck.kernels.activation.prelu import PRELU
from crosscheck.kernels.activation.relu import RELU
from crosscheck.kernels.activation.relu6 import RELU6
from crosscheck.kernels.activation.sigmoid import SIGMOID
from crosscheck.kernels.activation.silu import SILU
from crosscheck.kernels.activation.softplus import SOFTPLUS
from crosscheck.kernels.activation.tanh import TANH
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import Unary, number
from crosscheck.nn import tape
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


def _apply(operator: Unary, input: Tensor, inplace: bool = False, **options: Any) -> Tensor:
    """Compute a new tensor or, with inplace=True, overwrite the input, and return it.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch. Where the
    derivative reads the input, it is given a copy.
    """
    overwrite, keep = input if inplace else None, operator.reads == "input"
    return apply(operator, dict(input=input), options, overwrite, keep)[0]


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0; with inplace=True in the input itself, which is returned.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch.
    """
    return _apply(RELU, input, inplace)


@public
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Multiply what is not above 0 by negative_slope; with inplace=True in the input itself.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch. Nor can an input
    that requires grad with a slope below 0: its gradient needs the signs that it had.
    """
    op, name = "leaky_relu", "negative_slope"
    if inplace and number(op, name, negative_slope) < 0 and _is_recorded(input):
        expected = "a number of at least 0 where an input that requires grad is overwritten"
        reject(op, name, negative_slope, expected, RuntimeError)
    options = dict(negative_slope=negative_slope)
    overwrite = input if inplace else None  # its signs are all that the derivative reads
    return apply(LEAKY_RELU, dict(input=input), options, overwrite)[0]


def _is_recorded(input: Tensor) -> bool:
    return input.requires_grad and tape.is_recording()


@public
def relu6(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0, and what is above 6 by 6."""
    return _apply(RELU6, input, inplace)


@public
def prelu(input: Tensor, weight: Tensor) -> Tensor:
    """Multiply what is not above 0 by its channel's weight, of shape (c), or by the one of (1)."""
    return apply(PRELU, dict(input=input, weight=weight), {})[0]


@public
def elu(input: Tensor, alpha: float = 1.0, inplace: bool = False) -> Tensor:
    """Replace x by alpha * (exp(x) - 1) where it is not above 0."""
    return _apply(ELU, input, inplace, alpha=alpha)


@public
def gelu(input: Tensor, approximate: str = "none") -> Tensor:
    """Multiply x by the probability that a standard normal number is below it.

    approximate="tanh" computes that by a hyperbolic tangent. Raises ValueError for another word.
    """
    return _apply(GELU, input, approximate=approximate)


@public
def silu(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply x by sigmoid(x)."""
    return _apply(SILU, input, inplace)


@public
def mish(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply x by tanh(softplus(x))."""
    return _apply(MISH, input, inplace)


@public
def hardswish(input: Tensor, inplace: bool = False) -> Tensor:
    """Multiply x by relu6(x + 3) / 6."""
    return _apply(HARDSWISH, input, inplace)


@public
def hardsigmoid(input: Tensor, inplace: bool = False) -> Tensor:
    """relu6(x + 3) / 6."""
    return _apply(HARDSIGMOID, input, inplace)


@public
def sigmoid(input: Tensor) -> Tensor:
    """1 / (1 + exp(-x))."""
    return _apply(SIGMOID, input)


@public
def tanh(input: Tensor) -> Tensor:
    """The hyperbolic tangent."""
    return _apply(TANH, input)


@public
def softplus(input: Tensor, beta: float = 1.0, threshold: float = 20.0) -> Tensor:
    """log(1 + exp(beta * x)) / beta, and x where beta * x is above the threshold."""
    return _apply(SOFTPLUS, input, beta=beta, threshold=threshold)
