"""conv2d and its gradients. Each gradient's own gradients are again among these four operators, so
that derivatives of any order run on our kernels.
"""

from collections.abc import Callable, Sequence
from typing import Any

from torch import Tensor

from kernels import convolution
from kernels.arguments import reject
from kernels.convolution import problem
from nn.torch_ops.arguments import Size, number, numbers, rank
from nn.torch_ops.operator import operator


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


# y = x * w + b is linear in each of x, w and b, so each of these kernels is linear in each of its
# arrays, and its gradients are the two other kernels: with the inner product <,>
#     <dy, x * w> = <input_gradient(w, dy), x> = <weight_gradient(x, dy), w>


def _save_forward(ctx: Any, inputs: tuple, output: Tensor) -> None:
    input, weight, _, *ctx.geometry = inputs
    ctx.save_for_backward(input, weight)


def _forward_backward(ctx: Any, dy: Tensor) -> tuple:
    input, weight = ctx.saved_tensors
    wanted = ctx.needs_input_grad
    dx = input_gradient(input.shape, weight, dy, *ctx.geometry) if wanted[0] else None
    dw = weight_gradient(input, weight.shape, dy, *ctx.geometry) if wanted[1] else None
    db = None
    if wanted[2]:  # an input without channels gives an output without any: none saw the bias
        db = bias_gradient(dy) if input.shape[-3] else dy.new_zeros(weight.shape[0])
    return dx, dw, db, None, None, None, None


def _save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    _, weight, dy, *ctx.geometry = inputs
    ctx.save_for_backward(weight, dy)


def _input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    weight, dy = ctx.saved_tensors
    wanted = ctx.needs_input_grad
    dw = weight_gradient(ddx, weight.shape, dy, *ctx.geometry) if wanted[1] else None
    ddy = forward(ddx, weight, None, *ctx.geometry) if wanted[2] else None
    return None, dw, ddy, None, None, None, None


def _save_weight_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    input, _, dy, *ctx.geometry = inputs
    ctx.save_for_backward(input, dy)


def _weight_gradient_backward(ctx: Any, ddw: Tensor) -> tuple:
    input, dy = ctx.saved_tensors
    wanted = ctx.needs_input_grad
    dx = input_gradient(input.shape, ddw, dy, *ctx.geometry) if wanted[0] else None
    ddy = forward(input, ddw, None, *ctx.geometry) if wanted[2] else None
    return dx, None, ddy, None, None, None, None


def _save_bias_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.size = inputs[0].shape


def _bias_gradient_backward(ctx: Any, ddb: Tensor) -> Tensor:
    return ddb[:, None, None].expand(ctx.size)


forward.register_autograd(_forward_backward, setup_context=_save_forward)
input_gradient.register_autograd(_input_gradient_backward, setup_context=_save_input_gradient)
weight_gradient.register_autograd(_weight_gradient_backward, setup_context=_save_weight_gradient)
bias_gradient.register_autograd(_bias_gradient_backward, setup_context=_save_bias_gradient)


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
