"""Images of another size."""

from collections.abc import Sequence

from crosscheck.nn import functional as F
from crosscheck.nn.modules.module import Module
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


@public
class Upsample(Module):
    """`torch.nn.Upsample`: nn.functional.interpolate to a size, or by a factor."""

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
        mode: str = "nearest",
        align_corners: bool | None = None,
        recompute_scale_factor: bool | None = None,
    ):
        super().__init__()
        self.name = type(self).__name__
        self.size = size
        if isinstance(scale_factor, tuple):
            self.scale_factor = tuple(map(float, scale_factor))
        else:
            self.scale_factor = float(scale_factor) if scale_factor else None
        self.mode, self.align_corners = mode, align_corners
        self.recompute_scale_factor = recompute_scale_factor

    def forward(self, input: Tensor) -> Tensor:
        how = self.mode, self.align_corners, self.recompute_scale_factor
        return F.interpolate(input, self.size, self.scale_factor, *how)

    def extra_repr(self) -> str:
        factor = self.scale_factor
        given = f"size={self.size!r}" if factor is None else f"scale_factor={factor!r}"
        return f"{given}, mode={self.mode!r}"


@public
class UpsamplingNearest2d(Upsample):
    """`torch.nn.UpsamplingNearest2d`."""

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
    ):
        super().__init__(size, scale_factor, mode="nearest")


@public
class UpsamplingBilinear2d(Upsample):
    """`torch.nn.UpsamplingBilinear2d`: with aligned corners."""

    def __init__(
        self,
        size: int | Sequence[int] | None = None,
        scale_factor: float | Sequence[float] | None = None,
    ):
        super().__init__(size, scale_factor, mode="bilinear", align_corners=True)
