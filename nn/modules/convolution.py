"""Convolution."""

from typing import Any

from crosscheck.kernels.arguments import pair, reject
from crosscheck.kernels.padding import MODES
from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.functional.padding import pad_image
from crosscheck.nn.modules.filters import Filters
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Conv2d(Filters):
    """`torch.nn.Conv2d`: cross-correlation with filters (k, c / groups, r, s) that are learnt.

    `padding_mode` chooses what surrounds the image: zeros, or elements of the image itself.
    """

    _function = staticmethod(F.conv2d)

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
        op = "Conv2d"
        if isinstance(padding, str):
            if padding not in ("same", "valid"):
                reject(op, "padding", padding, "integers, 'same' or 'valid'")
            if padding == "same" and self.stride != (1, 1):
                reject(op, "stride", stride, "1 where padding is 'same'")
            self.padding: str | tuple[int, int] = padding
        else:
            self.padding = pair(op, "padding", padding, 0)
        if padding_mode not in ("zeros", *MODES):
            reject(op, "padding_mode", padding_mode, f"one of {['zeros', *MODES]}")
        self.padding_mode = padding_mode

    def forward(self, input: Tensor) -> Tensor:
        padding = self.padding
        if self.padding_mode != "zeros":
            input, padding = pad_image(input, self._padding_sides(), self.padding_mode), 0
        return self._function(
            input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups
        )

    def _padding_sides(self) -> tuple[int, int, int, int]:
        """Return the padding as (left, right, top, bottom)."""
        if self.padding == "valid":
            return 0, 0, 0, 0
        if self.padding == "same":
            taps = zip(self.dilation, self.kernel_size, strict=True)
            rows, columns = (dilation * (r - 1) for dilation, r in taps)
            left, top = columns // 2, rows // 2
            return left, columns - left, top, rows - top
        top, left = self.padding
        return left, left, top, top

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        for name, default in (("padding", (0, 0)), ("dilation", (1, 1)), ("groups", 1)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        text += "" if self.bias is not None else ", bias=False"
        return text + (
            f", padding_mode={self.padding_mode}" if self.padding_mode != "zeros" else ""
        )
