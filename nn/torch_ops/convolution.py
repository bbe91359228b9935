"""Convolution."""

import torch
from torch import Tensor
from torch.nn.functional import pad

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.convolution import CONV2D as KERNELS
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops import bilinear
from crosscheck.nn.torch_ops.arguments import Size, number, numbers
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

CONV2D = Operators(KERNELS)
bilinear.differentiate(CONV2D, trailing=2)


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
    """`torch.nn.functional.conv2d` for float32 and float64.

    The output is in torch.channels_last where input or weight is.
    """
    op = "conv2d"
    if isinstance(padding, str):
        if padding not in ("same", "valid"):
            reject(op, "padding", padding, "integers, 'valid' or 'same'")
        sides = None if padding == "same" else [0]  # None: see operators.TYPES
    else:
        sides = numbers(op, "padding", padding)
    strides, dilations = numbers(op, "stride", stride), numbers(op, "dilation", dilation)
    groups = number(op, "groups", groups)
    return CONV2D.forward(input, weight, bias, strides, sides, dilations, groups)


@public
class Conv2d(torch.nn.Conv2d):
    """`torch.nn.Conv2d`. A padding_mode other than "zeros" pads by torch.nn.functional.pad."""

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input = pad(input, self._reversed_padding_repeated_twice, self.padding_mode)
            padding = 0
        return compute(
            self,
            conv2d,
            input=input,
            weight=self.weight,
            bias=self.bias,
            stride=self.stride,
            padding=padding,
            dilation=self.dilation,
            groups=self.groups,
        )
