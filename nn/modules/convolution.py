"""Convolution."""

from collections.abc import Callable
from typing import Any, ClassVar

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.padding import MODES
from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.filters import Filters
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class _Conv(Filters):
    """`padding_mode` chooses what surrounds the input: zeros, or elements of the input itself."""

    _function: ClassVar[Callable]

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size | str = 0,
        dilation: Size = 1,
        groups: int = 1,
        bias: bool = True,
        padding_mode: str = "zeros",
        device: str | None = None,
        dtype: Any = None,
    ):
        geometry = kernel_size, stride, dilation, groups
        super().__init__(in_channels, out_channels, *geometry, bias, device, dtype)
        op = type(self).__name__
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                reject(op, "padding", padding, "integers, 'same' or 'valid'")
            if padding == "same" and set(self.stride) != {1}:
                reject(op, "stride", stride, "1 where padding is 'same'")
            self.padding: str | tuple[int, ...] = padding
        else:
            self.padding = self.numbers("padding", padding, 0)
        if padding_mode not in ("zeros", *MODES):
            reject(op, "padding_mode", padding_mode, f"one of {['zeros', *MODES]}")
        self.padding_mode = padding_mode

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = F.pad(input, self._padding_sides(), self.padding_mode), 0
        return self._function(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def _padding_sides(self) -> tuple[int, ...]:
        """Return the padding as `F.pad` has it: (left, right, top, bottom)."""
        axes = range(self.axes)
        if self.padding == "same":
            totals = (self.dilation[i] * (self.kernel_size[i] - 1) for i in axes)
            pairs = [(total // 2, total - total // 2) for total in totals]
        else:
            pairs = [(0, 0) if self.padding == "valid" else 2 * (self.padding[i],) for i in axes]
        return tuple(side for pair in reversed(pairs) for side in pair)

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        for name, default in (("padding", 0), ("dilation", 1)):
            if set(getattr(self, name)) != {default}:
                text += f", {name}={getattr(self, name)}"
        text += f", groups={self.groups}" if self.groups != 1 else ""
        text += "" if self.bias is not None else ", bias=False"
        return text + (
            f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else ""
        )


@public
class Conv1d(_Conv):
    """`torch.nn.Conv1d`: cross-correlation with filters (k, c / groups, s) that are learnt."""

    axes = 1
    _function = staticmethod(F.conv1d)


@public
class Conv2d(_Conv):
    """`torch.nn.Conv2d`: cross-correlation with filters (k, c / groups, r, s) that are learnt."""

    _function = staticmethod(F.conv2d)
