"""Activations."""

import torch
from torch import Tensor

from crosscheck.kernels.activation.leaky_relu import LEAKY_RELU as LEAKY_KERNELS
from crosscheck.kernels.activation.relu import RELU as RELU_KERNELS
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import number
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

RELU = Operators(RELU_KERNELS)
LEAKY_RELU = Operators(LEAKY_KERNELS)


# dx = dy where y > 0, else 0: linear in dy, with the same factors; flat in y on either side of 0.
@RELU.derivative("input_gradient")
def _relu(v, output):
    return {"grad_output": lambda: RELU.input_gradient(v, output)}


# dx = dy where x > 0, else dy * slope: linear in dy, with the same factors; flat in x off 0.
@LEAKY_RELU.derivative("input_gradient")
def _leaky_relu(v, input, negative_slope):
    return {"grad_output": lambda: LEAKY_RELU.input_gradient(v, input, negative_slope)}


@public
def relu(input: Tensor, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.relu` for float32 and float64.

    With inplace=True the result is also copied into `input`, which is returned.
    """
    output = RELU.forward(input)
    return input.copy_(output) if inplace else output


@public
def leaky_relu(input: Tensor, negative_slope: float = 0.01, inplace: bool = False) -> Tensor:
    """`torch.nn.functional.leaky_relu` for float32 and float64.

    With inplace=True the result is also copied into `input`, which is returned. As in PyTorch, an
    input that requires grad cannot be overwritten with a slope below 0: RuntimeError.
    """
    op = "leaky_relu"
    negative_slope = number(op, "negative_slope", negative_slope)
    if not inplace:
        return LEAKY_RELU.forward(input, negative_slope)
    if negative_slope < 0 and input.requires_grad and torch.is_grad_enabled():
        expected = "a number of at least 0 where an input that requires grad is overwritten"
        reject(op, "negative_slope", negative_slope, expected, RuntimeError)
    return input.copy_(LEAKY_RELU.forward(input.clone(), negative_slope))  # the gradient reads it


@public
class ReLU(torch.nn.ReLU):
    """`torch.nn.ReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(self, relu, input=input, inplace=self.inplace)


@public
class LeakyReLU(torch.nn.LeakyReLU):
    """`torch.nn.LeakyReLU`."""

    def forward(self, input: Tensor) -> Tensor:
        options = {"negative_slope": self.negative_slope, "inplace": self.inplace}
        return compute(self, leaky_relu, input=input, **options)
