"""Max and average pooling and their gradients."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels import pooling as kernels
from crosscheck.kernels.pooling import problem
from crosscheck.nn.torch_ops.arguments import Size, flag, number, numbers
from crosscheck.nn.torch_ops.operator import operator


def _output_shape(op: str, input: Tensor, *geometry: Any) -> tuple[int, ...]:
    this = problem.create(op, "input.shape", tuple(input.shape), *geometry)
    return this.output_size[-input.ndim :]


@operator("max_pool2d", kernels.max_pool2d.forward, outs=("out", "indices"))
def max_forward(
    input: Tensor,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    ceil_mode: bool,
) -> tuple[Tensor, Tensor]:
    shape = _output_shape("max_pool2d", input, kernel_size, stride, padding, dilation, ceil_mode)
    return input.new_empty(shape), input.new_empty(shape, dtype=torch.int64)


@operator(
    "max_pool2d_input_gradient",
    kernels.max_pool2d.input_gradient,
    dtypes={"indices": (torch.int64,)},
)
def max_input_gradient(
    grad_output: Tensor,
    indices: Tensor,
    input_size: Sequence[int],
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    ceil_mode: bool,
) -> Tensor:
    return grad_output.new_empty(input_size)


@operator("avg_pool2d", kernels.avg_pool2d.forward)
def average_forward(
    input: Tensor,
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    shape = _output_shape("avg_pool2d", input, kernel_size, stride, padding, 1, ceil_mode)
    return input.new_empty(shape)


@operator("avg_pool2d_input_gradient", kernels.avg_pool2d.input_gradient)
def average_input_gradient(
    grad_output: Tensor,
    input_size: Sequence[int],
    kernel_size: Sequence[int],
    stride: Sequence[int],
    padding: Sequence[int],
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Tensor:
    return grad_output.new_empty(input_size)


def _save_max_forward(ctx: Any, inputs: tuple, output: tuple[Tensor, Tensor]) -> None:
    input, *ctx.geometry = inputs
    ctx.size = input.shape
    ctx.save_for_backward(output[1])


def _max_forward_backward(ctx: Any, dy: Tensor, _: Any) -> tuple:
    return max_input_gradient(dy, *ctx.saved_tensors, ctx.size, *ctx.geometry), *[None] * 5


# dx[i] is the sum of the dy whose winner is i, so the gradient for dy collects the winners' ddx.
def _save_max_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.save_for_backward(inputs[1])


def _max_input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    (indices,) = ctx.saved_tensors
    ddy = ddx.flatten(-2).gather(-1, indices.flatten(-2)).view(indices.shape)
    return ddy, *[None] * 7


# Averages are linear in their one array: the gradient's gradient is the average again.
def _save_average(ctx: Any, inputs: tuple, output: Tensor) -> None:
    input, *ctx.geometry = inputs
    ctx.size = input.shape


def _average_forward_backward(ctx: Any, dy: Tensor) -> tuple:
    return average_input_gradient(dy, ctx.size, *ctx.geometry), *[None] * 6


def _save_average_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    _, _, *ctx.geometry = inputs


def _average_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    return average_forward(ddx, *ctx.geometry), *[None] * 7


max_forward.register_autograd(_max_forward_backward, setup_context=_save_max_forward)
max_input_gradient.register_autograd(
    _max_input_gradient_backward, setup_context=_save_max_input_gradient
)
average_forward.register_autograd(_average_forward_backward, setup_context=_save_average)
average_input_gradient.register_autograd(
    _average_gradient_backward, setup_context=_save_average_gradient
)


def _windows(op: str, kernel_size: Size, stride: Size | None, padding: Size) -> list[list[int]]:
    strides = [] if stride is None else numbers(op, "stride", stride)  # empty: the kernel's size
    return [numbers(op, "kernel_size", kernel_size), strides, numbers(op, "padding", padding)]


def max_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """`torch.nn.functional.max_pool2d` for float32 and float64. The outputs are contiguous."""
    op = "max_pool2d"
    windows = _windows(op, kernel_size, stride, padding)
    dilations, ceil_mode = numbers(op, "dilation", dilation), flag(op, "ceil_mode", ceil_mode)
    output, indices = max_forward(input, *windows, dilations, ceil_mode)
    return (output, indices) if return_indices else output


def avg_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """`torch.nn.functional.avg_pool2d` for float32 and float64. The output is contiguous."""
    op = "avg_pool2d"
    windows = _windows(op, kernel_size, stride, padding)
    ceil_mode = flag(op, "ceil_mode", ceil_mode)
    count_include_pad = flag(op, "count_include_pad", count_include_pad)
    if divisor_override is not None:
        number(op, "divisor_override", divisor_override)
    return average_forward(input, *windows, ceil_mode, count_include_pad, divisor_override)
