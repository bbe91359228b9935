"""linear and its gradients."""

from collections.abc import Sequence

from torch import Tensor

from crosscheck.kernels import linear as kernels
from crosscheck.kernels.linear.linear import output_shape
from crosscheck.nn.torch_ops import bilinear
from crosscheck.nn.torch_ops.arguments import rank
from crosscheck.nn.torch_ops.operator import operator


@operator("linear", kernels.forward)
def forward(input: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
    rank("linear", "weight.shape", weight.shape, (1, 2))
    return input.new_empty(output_shape("linear", input.shape, weight.shape, "weight"))


@operator("linear_input_gradient", kernels.input_gradient)
def input_gradient(input_size: Sequence[int], weight: Tensor, grad_output: Tensor) -> Tensor:
    return weight.new_empty(input_size)


@operator("linear_weight_gradient", kernels.weight_gradient)
def weight_gradient(input: Tensor, weight_size: Sequence[int], grad_output: Tensor) -> Tensor:
    return input.new_empty(weight_size)


@operator("linear_bias_gradient", kernels.bias_gradient)
def bias_gradient(grad_output: Tensor) -> Tensor:
    return grad_output.new_empty(grad_output.shape[-1:])


bilinear.register(forward, input_gradient, weight_gradient, bias_gradient, trailing=0)


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """`torch.nn.functional.linear` for float32 and float64. The output is contiguous."""
    return forward(input, weight, bias)
