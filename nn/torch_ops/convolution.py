"""conv2d and its gradients."""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from crosscheck.kernels import convolution
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.convolution import problem
from crosscheck.nn.torch_ops import bilinear
from crosscheck.nn.torch_ops.arguments import Size, number, numbers, rank
from crosscheck.nn.torch_ops.operator import operator


def _padding(padding: Sequence[int] | None) -> Sequence[int] | str:
    """A schema has no type for integers or a string: there, None stands for 'same'."""
    return "same" if padding is None else padding


def _geometry(kernel: Callable[..., Any]) -> Callable[..., Any]:
    def call(*arguments: Any, out: Any) -> None:
        *arrays, stride, padding, dilation, groups = arguments
        kernel(*arrays, stride, _padding(padding), dilation, groups, out=out)

    return call


@operator("conv2d", _geometry(convolution.forward))
def forward(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int] | None,
    dilation: Sequence[int],
    groups: int,
) -> Tensor:
    rank("conv2d", "input.shape", input.shape, (3, 4))
    rank("conv2d", "weight.shape", weight.shape, (4,))
    sizes = ("input.shape", input.shape), ("weight.shape", weight.shape)
    this = problem.create("conv2d", *sizes, stride, _padding(padding), dilation, groups)
    return input.new_empty(this.output_shape)


@operator("conv2d_input_gradient", _geometry(convolution.input_gradient))
def input_gradient(
    input_size: Sequence[int],
    weight: Tensor,
    grad_output: Tensor,
    stride: Sequence[int],
    padding: Sequence[int] | None,
    dilation: Sequence[int],
    groups: int,
) -> Tensor:
    return weight.new_empty(input_size)


@operator("conv2d_weight_gradient", _geometry(convolution.weight_gradient))
def weight_gradient(
    input: Tensor,
    weight_size: Sequence[int],
    grad_output: Tensor,
    stride: Sequence[int],
    padding: Sequence[int] | None,
    dilation: Sequence[int],
    groups: int,
) -> Tensor:
    return input.new_empty(weight_size)


@operator("conv2d_bias_gradient", convolution.bias_gradient)
def bias_gradient(grad_output: Tensor) -> Tensor:
    rank("conv2d_bias_gradient", "grad_output.shape", grad_output.shape, (3, 4))
    return grad_output.new_empty((grad_output.shape[-3],))


bilinear.register(forward, input_gradient, weight_gradient, bias_gradient, trailing=2)


def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """`torch.nn.functional.conv2d` for float32 and float64. The output is contiguous."""
    op = "conv2d"
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            reject(op, "padding", padding, "integers, 'valid' or 'same'")
        sides = None if padding == "same" else [0]
    else:
        sides = numbers(op, "padding", padding)
    strides, dilations = numbers(op, "stride", stride), numbers(op, "dilation", dilation)
    return forward(input, weight, bias, strides, sides, dilations, number(op, "groups", groups))
