"""Pooling."""

from collections.abc import Sequence

from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class MaxPool2d(Module):
    """`torch.nn.MaxPool2d`: the largest element of every window."""

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
        return F.max_pool2d(input, *geometry, self.ceil_mode, self.return_indices)

    def extra_repr(self) -> str:
        names = "kernel_size", "stride", "padding", "dilation", "ceil_mode"
        return ", ".join(f"{name}={getattr(self, name)}" for name in names)


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
class AdaptiveAvgPool2d(Module):
    """`torch.nn.AdaptiveAvgPool2d`: the means of output_size windows that cover the input."""

    def __init__(self, output_size: int | None | Sequence[int | None]):
        super().__init__()
        self.output_size = output_size

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool2d(input, self.output_size)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"
