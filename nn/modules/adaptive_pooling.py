"""Adaptive pooling."""

from collections.abc import Sequence

from crosscheck.nn import functional as F
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


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


@public
class AdaptiveAvgPool1d(AdaptiveAvgPool2d):
    """`torch.nn.AdaptiveAvgPool1d`: the means of output_size windows that cover the signal."""

    def forward(self, input: Tensor) -> Tensor:
        return F.adaptive_avg_pool1d(input, self.output_size)


@public
class AdaptiveMaxPool2d(Module):
    """`torch.nn.AdaptiveMaxPool2d`: the largest elements of output_size windows."""

    def __init__(
        self, output_size: int | None | Sequence[int | None], return_indices: bool = False
    ):
        super().__init__()
        self.output_size = output_size
        self.return_indices = return_indices

    def forward(self, input: Tensor) -> Tensor | tuple[Tensor, Tensor]:
        return F.adaptive_max_pool2d(input, self.output_size, self.return_indices)

    def extra_repr(self) -> str:
        return f"output_size={self.output_size}"
