"""Pooling."""

from collections.abc import Callable, Sequence
from typing import ClassVar

from crosscheck.kernels.arguments import pair, single
from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class _MaxPool(Module):
    """The largest element of every window."""

    _function: ClassVar[Callable]

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        dilation: Size = 1,
        return_indices: bool = False,
        ceil_mode: bool = False,
    ):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.dilation = dilation
        self.return_indices = return_indices
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        geometry = self.kernel_size, self.stride, self.padding, self.dilation
        return self._function(input, *geometry, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        names = "kernel_size", "stride", "padding", "dilation", "ceil_mode"
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)


@public
class MaxPool1d(_MaxPool):
    """`torch.nn.MaxPool1d`: the largest element of every window of signals."""

    _function = staticmethod(F.max_pool1d)


@public
class MaxPool2d(_MaxPool):
    """`torch.nn.MaxPool2d`: the largest element of every window."""

    _function = staticmethod(F.max_pool2d)


@public
class AvgPool1d(Module):
    """`torch.nn.AvgPool1d`: the mean of every window of signals."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
    ):
        super().__init__()
        op = "AvgPool1d"
        self.kernel_size = single(op, "kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else single(op, "stride", stride, 1)
        self.padding = single(op, "padding", padding, 0)
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad

    def forward(self, input: Tensor) -> Tensor:
        geometry = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return F.avg_pool1d(input, *geometry, self.count_include_pad)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


@public
class AvgPool2d(Module):
    """`torch.nn.AvgPool2d`: the mean of every window."""

    def __init__(
        self,
        kernel_size: Size,
        stride: Size | None = None,
        padding: Size = 0,
        ceil_mode: bool = False,
        count_include_pad: bool = True,
        divisor_override: int | None = None,
    ):
        super().__init__()
        self.kernel_size = kernel_size
        self.stride = kernel_size if stride is None else stride
        self.padding = padding
        self.ceil_mode = ceil_mode
        self.count_include_pad = count_include_pad
        self.divisor_override = divisor_override

    def forward(self, input: Tensor) -> Tensor:
        geometry = self.kernel_size, self.stride, self.padding, self.ceil_mode
        return F.avg_pool2d(input, *geometry, self.count_include_pad, self.divisor_override)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


@public
class MaxUnpool2d(Module):
    """`torch.nn.MaxUnpool2d`: every element back where MaxPool2d took it from, among zeros."""

    def __init__(self, kernel_size: Size, stride: Size | None = None, padding: Size = 0):
        super().__init__()
        op = "MaxUnpool2d"
        self.kernel_size = pair(op, "kernel_size", kernel_size, 1)
        self.stride = self.kernel_size if stride is None else pair(op, "stride", stride, 1)
        self.padding = pair(op, "padding", padding, 0)

    def forward(
        self, input: Tensor, indices: Tensor, output_size: Sequence[int] | None = None
    ) -> Tensor:
        geometry = self.kernel_size, self.stride, self.padding
        return F.max_unpool2d(input, indices, *geometry, output_size)

    def extra_repr(self) -> str:
        return f"kernel_size={self.kernel_size}, stride={self.stride}, padding={self.padding}"


@public
class LPPool2d(Module):
    """`torch.nn.LPPool2d`: the p-norm of every window, p being norm_type."""

    def __init__(
        self,
        norm_type: float,
        kernel_size: Size,
        stride: Size | None = None,
        ceil_mode: bool = False,
    ):
        super().__init__()
        self.norm_type = norm_type
        self.kernel_size = kernel_size
        self.stride = stride
        self.ceil_mode = ceil_mode

    def forward(self, input: Tensor) -> Tensor:
        windows = self.kernel_size, self.stride, self.ceil_mode
        return F.lp_pool2d(input, float(self.norm_type), *windows)

    def extra_repr(self) -> str:
        names = "norm_type", "kernel_size", "stride", "ceil_mode"
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)
