"""Layers that pad images."""

from collections.abc import Sequence
from typing import ClassVar

from crosscheck.kernels.arguments import integer
from crosscheck.nn import functional as F
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


class _Pad2d(Module):
    """Padding of the last two dimensions: one width, or (left, right, top, bottom)."""

    mode: ClassVar[str]
    value: float = 0.0

    def __init__(self, padding: int | Sequence[int]):
        super().__init__()
        one = not isinstance(padding, Sequence)
        self.padding = 4 * (integer(type(self).__name__, "padding", padding),) if one else padding

    def forward(self, input: Tensor) -> Tensor:
        value = self.value if self.mode == "constant" else None
        return F.pad(input, self.padding, self.mode, value)

    def extra_repr(self) -> str:
        return f"{tuple(self.padding)}"


@public
class ZeroPad2d(_Pad2d):
    """`torch.nn.ZeroPad2d`: zeros around the image."""

    mode = "constant"


@public
class ConstantPad2d(_Pad2d):
    """`torch.nn.ConstantPad2d`: one number around the image."""

    mode = "constant"

    def __init__(self, padding: int | Sequence[int], value: float):
        super().__init__(padding)
        self.value = value

    def extra_repr(self) -> str:
        return f"padding={tuple(self.padding)}, value={self.value}"


@public
class ReflectionPad2d(_Pad2d):
    """`torch.nn.ReflectionPad2d`: the image mirrored at its border."""

    mode = "reflect"


@public
class ReplicationPad2d(_Pad2d):
    """`torch.nn.ReplicationPad2d`: the border repeated."""

    mode = "replicate"


@public
class CircularPad2d(_Pad2d):
    """`torch.nn.CircularPad2d`: the image repeated on the other side."""

    mode = "circular"
