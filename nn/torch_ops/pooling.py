"""Pooling."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.pooling import avg_pool1d as average_signals
from crosscheck.kernels.pooling import avg_pool2d as average_kernels
from crosscheck.kernels.pooling import max_pool1d as max_signals
from crosscheck.kernels.pooling import max_pool2d as max_kernels
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.arguments import Size, flag, number, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

MAX_POOL1D, MAX_POOL2D = Operators(max_signals.MAX_POOL1D), Operators(max_kernels.MAX_POOL2D)
AVG_POOL1D, AVG_POOL2D = (
    Operators(average_signals.AVG_POOL1D),
    Operators(average_kernels.AVG_POOL2D),
)


# dx[i] is the sum of the dy whose winner is i, so the gradient for dy collects the winners' ddx.
def differentiate_max(operators: Operators, axes: int) -> None:
    """Give the input gradient of max pooling along the last `axes` its derivative."""

    @operators.derivative("input_gradient")
    def _(v, indices):
        winners = v.flatten(-axes).gather(-1, indices.flatten(-axes)).view(indices.shape)
        return {"grad_output": lambda: winners}


# Averages are linear in their one array: the gradient's gradient is the average again.
def _differentiate_average(operators: Operators) -> None:
    @operators.derivative("input_gradient")
    def _(v, kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override):
        windows = kernel_size, stride, padding, ceil_mode, count_include_pad, divisor_override
        return {"grad_output": lambda: operators.forward(v, *windows)}


differentiate_max(MAX_POOL1D, 1)
differentiate_max(MAX_POOL2D, 2)
_differentiate_average(AVG_POOL1D)
_differentiate_average(AVG_POOL2D)


def _windows(op: str, kernel_size: Size, stride: Size | None, padding: Size) -> list[list[int]]:
    strides = [] if stride is None else numbers(op, "stride", stride)  # empty: the kernel's size
    return [numbers(op, "kernel_size", kernel_size), strides, numbers(op, "padding", padding)]


@public
def max_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """`torch.nn.functional.max_pool2d` for floating dtypes. The outputs are contiguous."""
    windows = kernel_size, stride, padding
    return _max(MAX_POOL2D, "max_pool2d", input, windows, dilation, ceil_mode, return_indices)


@public
def max_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    dilation: Size = 1,
    ceil_mode: bool = False,
    return_indices: bool = False,
) -> Tensor | tuple[Tensor, Tensor]:
    """`torch.nn.functional.max_pool1d` for floating dtypes. The outputs are contiguous."""
    windows = kernel_size, stride, padding
    return _max(MAX_POOL1D, "max_pool1d", input, windows, dilation, ceil_mode, return_indices)


def _max(
    operators: Operators,
    op: str,
    input: Tensor,
    windows: tuple[Size, Size | None, Size],
    dilation: Size,
    ceil_mode: bool,
    return_indices: bool,
) -> Tensor | tuple[Tensor, Tensor]:
    dilations, ceil_mode = numbers(op, "dilation", dilation), flag(op, "ceil_mode", ceil_mode)
    output, indices = operators.forward(input, *_windows(op, *windows), dilations, ceil_mode)
    return (output, indices) if return_indices else output


@public
def avg_pool2d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
) -> Tensor:
    """`torch.nn.functional.avg_pool2d` for floating dtypes. The output is contiguous."""
    op = "avg_pool2d"
    windows = _windows(op, kernel_size, stride, padding)
    ceil_mode = flag(op, "ceil_mode", ceil_mode)
    count_include_pad = flag(op, "count_include_pad", count_include_pad)
    if divisor_override is not None:
        number(op, "divisor_override", divisor_override)
    return AVG_POOL2D.forward(input, *windows, ceil_mode, count_include_pad, divisor_override)


@public
def avg_pool1d(
    input: Tensor,
    kernel_size: Size,
    stride: Size | None = None,
    padding: Size = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
) -> Tensor:
    """`torch.nn.functional.avg_pool1d` for floating dtypes. The output is contiguous."""
    op = "avg_pool1d"
    windows = _windows(op, kernel_size, stride, padding)
    ceil_mode = flag(op, "ceil_mode", ceil_mode)
    count_include_pad = flag(op, "count_include_pad", count_include_pad)
    return AVG_POOL1D.forward(input, *windows, ceil_mode, count_include_pad, None)


def _max_layer(layer: torch.nn.Module, function: Callable, input: Tensor) -> Any:
    return compute(
        layer,
        function,
        input=input,
        kernel_size=layer.kernel_size,
        stride=layer.stride,
        padding=layer.padding,
        dilation=layer.dilation,
        ceil_mode=layer.ceil_mode,
        return_indices=layer.return_indices,
    )


@public
class MaxPool1d(torch.nn.MaxPool1d):
    """`torch.nn.MaxPool1d`."""

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return _max_layer(self, max_pool1d, input)


@public
class MaxPool2d(torch.nn.MaxPool2d):
    """`torch.nn.MaxPool2d`."""

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return _max_layer(self, max_pool2d, input)


@public
class AvgPool1d(torch.nn.AvgPool1d):
    """`torch.nn.AvgPool1d`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            avg_pool1d,
            input=input,
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
        )


@public
class AvgPool2d(torch.nn.AvgPool2d):
    """`torch.nn.AvgPool2d`."""

    def forward(self, input: Tensor) -> Tensor:
        return compute(
            self,
            avg_pool2d,
            input=input,
            kernel_size=self.kernel_size,
            stride=self.stride,
            padding=self.padding,
            ceil_mode=self.ceil_mode,
            count_include_pad=self.count_include_pad,
            divisor_override=self.divisor_override,
        )
