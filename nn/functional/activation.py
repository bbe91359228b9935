"""Activations."""

from crosscheck.kernels.activation.leaky_relu import LEAKY_RELU, slope
from crosscheck.kernels.activation.relu import RELU
from crosscheck.kernels.arguments import reject
from crosscheck.nn import tape
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """Replace what is below 0 by 0; with inplace=True in the input itself, which is returned.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch.
    """
    return apply(RELU, dict(input=input), {}, overwrite=input if inplace else None)[0]


@public
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """Multiply what is not above 0 by negative_slope; with inplace=True in the input itself.

    A leaf that requires grad cannot be overwritten: RuntimeError, as in PyTorch. Nor can an input
    that requires grad with a slope below 0: its gradient needs the signs that it had.
    """
    op = "leaky_relu"
    if inplace and slope(op, negative_slope) < 0 and input.requires_grad and tape.is_recording():
        expected = "a number of at least 0 where an input that requires grad is overwritten"
        reject(op, "negative_slope", negative_slope, expected, RuntimeError)
    options = dict(negative_slope=negative_slope)
    overwrite = input if inplace else None
    return apply(LEAKY_RELU, dict(input=input), options, overwrite)[0]
