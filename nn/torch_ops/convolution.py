"""Convolution."""

from collections.abc import Callable

import torch
from torch import Tensor
from torch.nn.functional import pad

from crosscheck.kernels import convolution
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.convolution import conv1d as of_signals
from crosscheck.kernels.convolution import conv_transpose2d as transposed
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import bilinear
from crosscheck.nn.torch_ops.arguments import Size, number, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

CONV1D = Operators(of_signals.CONV1D)
CONV2D = Operators(convolution.CONV2D)
CONV_TRANSPOSE2D = Operators(transposed.CONV_TRANSPOSE2D)
bilinear.differentiate(CONV1D, trailing=1)
bilinear.differentiate(CONV2D, trailing=2)
bilinear.differentiate(CONV_TRANSPOSE2D, trailing=2)


@public
def conv1d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """`torch.nn.functional.conv1d` for floating dtypes. The output is contiguous."""
    return _convolve(CONV1D, "conv1d", input, weight, bias, stride, padding, dilation, groups)


@public
def conv2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size | str = 0,
    dilation: Size = 1,
    groups: int = 1,
) -> Tensor:
    """`torch.nn.functional.conv2d` for floating dtypes.

    The output is in torch.channels_last where input or weight is.
    """
    return _convolve(CONV2D, "conv2d", input, weight, bias, stride, padding, dilation, groups)


def _convolve(
    operators: Operators,
    op: str,
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None,
    stride: Size,
    padding: Size | str,
    dilation: Size,
    groups: int,
) -> Tensor:
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            reject(op, "padding", padding, "integers, 'valid' or 'same'")
        sides = None if padding == "same" else [0]  # None: see operators.TYPES
    else:
        sides = numbers(op, "padding", padding)
    strides, dilations = numbers(op, "stride", stride), numbers(op, "dilation", dilation)
    groups = number(op, "groups", groups)
    return operators.forward(input, weight, bias, strides, sides, dilations, groups)


@public
def conv_transpose2d(
    input: Tensor,
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Size = 1,
    padding: Size = 0,
    output_padding: Size = 0,
    groups: int = 1,
    dilation: Size = 1,
) -> Tensor:
    """`torch.nn.functional.conv_transpose2d` for floating dtypes.

    The output is in torch.channels_last where input or weight is.
    """
    op = "conv_transpose2d"
    strides, sides = numbers(op, "stride", stride), numbers(op, "padding", padding)
    further = numbers(op, "output_padding", output_padding)
    groups, dilations = number(op, "groups", groups), numbers(op, "dilation", dilation)
    geometry = strides, sides, further, groups, dilations
    return CONV_TRANSPOSE2D.forward(input, weight, bias, *geometry)


def _layer(layer: torch.nn.Module, function: Callable, input: Tensor) -> Tensor:
    padding = layer.padding
    if layer.padding_mode != "zeros":
        input = pad(input, layer._reversed_padding_repeated_twice, layer.padding_mode)
        padding = 0
    return compute(
        layer,
        function,
        input=input,
        weight=layer.weight,
        bias=layer.bias,
        stride=layer.stride,
        padding=padding,
        dilation=layer.dilation,
        groups=layer.groups,
    )


@public
class Conv1d(torch.nn.Conv1d):
    """`torch.nn.Conv1d`. A padding_mode other than "zeros" pads by torch.nn.functional.pad."""

    def forward(self, input: Tensor) -> Tensor:
        return _layer(self, conv1d, input)


@public
class Conv2d(torch.nn.Conv2d):
    """`torch.nn.Conv2d`. A padding_mode other than "zeros" pads by torch.nn.functional.pad."""

    def forward(self, input: Tensor) -> Tensor:
        return _layer(self, conv2d, input)


@public
class ConvTranspose2d(torch.nn.ConvTranspose2d):
    """`torch.nn.ConvTranspose2d`."""

    def forward(self, input: Tensor, output_size: list[int] | None = None) -> Tensor:
        further = self._output_padding(
            input, output_size, self.stride, self.padding, self.kernel_size, 2, self.dilation
        )
        return compute(
            self,
            conv_transpose2d,
            input=input,
            weight=self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=self.padding,
            output_padding=further,
            groups=self.groups,
            dilation=self.dilation,
        )
