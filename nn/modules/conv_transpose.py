"""Transposed convolution."""

from collections.abc import Sequence
from typing import Any

from crosscheck.kernels.arguments import pair, reject, size
from crosscheck.nn import functional as F
from crosscheck.nn.functional.arguments import Size
from crosscheck.nn.modules.filters import Filters
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class ConvTranspose2d(Filters):
    """`torch.nn.ConvTranspose2d`: a convolution's input gradient, with filters (in_channels,
    out_channels / groups, r, s) that are learnt.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: Size,
        stride: Size = 1,
        padding: Size = 0,
        output_padding: Size = 0,
        groups: int = 1,
        bias: bool = True,
        dilation: Size = 1,
        padding_mode: str = "zeros",
        device: str | None = None,
        dtype: Any = None,
    ):
        if padding_mode != "zeros":
            reject("ConvTranspose2d", "padding_mode", padding_mode, "'zeros'")
        super().__init__(
            in_channels,
            out_channels,
            kernel_size,
            stride,
            dilation,
            groups,
            bias,
            device,
            dtype,
            transposed=True,
        )
        self.padding = pair("ConvTranspose2d", "padding", padding, 0)
        self.output_padding = pair("ConvTranspose2d", "output_padding", output_padding, 0)
        self.padding_mode = padding_mode

    def forward(self, input: Tensor, output_size: Sequence[int] | None = None) -> Tensor:
        """Compute the output, of `output_size` (h, w) where it is given: it replaces
        `output_padding`, and may have the leading dimensions, too.

        Raises ValueError where the stride leaves no such size.
        """
        further = self.output_padding
        if output_size is not None:
            further = self._output_padding(input.shape, output_size)
        geometry = self.stride, self.padding, further, self.groups, self.dilation
        return F.conv_transpose2d(input, self.weight, self.bias, *geometry)

    def _output_padding(self, input: Sequence[int], output: Sequence[int]) -> list[int]:
        op = "ConvTranspose2d"
        sizes = size(op, "output_size", output)
        if len(sizes) not in (2, len(input)):
            reject(op, "output_size", output, f"2 or {len(input)} integers")
        axes = zip(
            input[-2:], self.kernel_size, self.stride, self.padding, self.dilation, strict=True
        )
        least = [
            (p - 1) * stride - 2 * pad + dilation * (r - 1) + 1
            for p, r, stride, pad, dilation in axes
        ]
        further = [extent - most for extent, most in zip(sizes[-2:], least, strict=True)]
        if any(not 0 <= more < step for more, step in zip(further, self.stride, strict=True)):
            most = [each + step - 1 for each, step in zip(least, self.stride, strict=True)]
            reject(op, "output_size", output, f"{least} to {most} for this input")
        return further

    def extra_repr(self) -> str:
        text = f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
        text += f", stride={self.stride}"
        defaults = ("padding", (0, 0)), ("dilation", (1, 1)), ("output_padding", (0, 0))
        for name, default in (*defaults, ("groups", 1)):
            if getattr(self, name) != default:
                text += f", {name}={getattr(self, name)}"
        return text + ("" if self.bias is not None else ", bias=False")
