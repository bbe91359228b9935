"""Layers with filters that are learnt: what they have in common."""

import math
from typing import Any, ClassVar

from crosscheck.kernels.arguments import integer, pair, reject, single
from crosscheck.nn import init
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.module import Module
from crosscheck.nn.modules.parameter import Parameter, empty


class Filters(Module):
    """A weight (first, second / groups, r, s) and a bias, drawn from PyTorch's distribution.

    The weight's first two dimensions are channels: out and in, or `transposed` in and out. The
    filters of signals, with one of the `axes`, have no r.
    """

    axes: ClassVar[int] = 2

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size,
        dilation: Size,
        groups: int,
        bias: bool,
        device: str | None,
        dtype: Any,
        transposed: bool = False,
    ):
        super().__init__()
        op = type(self).__name__
        self.groups = integer(op, "groups", groups, 1)
        self.in_channels = integer(op, "in_channels", in_channels, 0)
        self.out_channels = integer(op, "out_channels", out_channels, 0)
        for name in ("in_channels", "out_channels"):
            if getattr(self, name) % groups:
                reject(op, name, getattr(self, name), f"a multiple of groups, {groups}")
        self.kernel_size = self.numbers("kernel_size", kernel_size, 1)
        self.stride = self.numbers("stride", stride, 1)
        self.dilation = self.numbers("dilation", dilation, 1)
        channels = self.out_channels, self.in_channels
        first, second = channels[::-1] if transposed else channels
        shape = first, second // groups, *self.kernel_size
        self.weight = Parameter(empty(shape, device, dtype))
        self.register_parameter(
            "bias", Parameter(empty((self.out_channels,), device, dtype)) if bias else None
        )
        self.reset_parameters()

    def numbers(self, name: str, value: Size, minimum: int) -> tuple[int, ...]:
        """Return an argument's number for each of the axes. Raises TypeError or ValueError."""
        each_axis = pair if self.axes == 2 else single
        return each_axis(type(self).__name__, name, value, minimum)

    def reset_parameters(self) -> None:
        """Draw new weights from PyTorch's default distribution."""
        init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        if self.bias is not None:
            init.bias_(self.bias, self.weight)
