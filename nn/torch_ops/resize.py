"""Images of another size."""

from collections.abc import Sequence

import torch
from torch import Tensor

from crosscheck.kernels.resize.arguments import resolve
from crosscheck.kernels.resize.interpolate import INTERPOLATE as KERNELS
from crosscheck.nn.public import public
from crosscheck.nn.torch_ops.adaptive_pooling import adaptive_avg_pool2d
from crosscheck.nn.torch_ops.fall_back import compute
from crosscheck.nn.torch_ops.operators import Operators

INTERPOLATE = Operators(KERNELS)


# Interpolation is linear: the gradient's gradient interpolates.
@INTERPOLATE.derivative("input_gradient")
def _interpolated(v, grad_output_size, factors, mode, align_corners):
    how = grad_output_size[2:], factors, mode, align_corners
    return {"grad_output": lambda: INTERPOLATE.forward(v, *how)}


@public
def interpolate(
    input: Tensor,
    size: int | Sequence[int] | None = None,
    scale_factor: float | Sequence[float] | None = None,
    mode: str = "nearest",
    align_corners: bool | None = None,
    recompute_scale_factor: bool | None = None,
    antialias: bool = False,
) -> Tensor:
    """`torch.nn.functional.interpolate` of images and signals, for floating dtypes, without
    antialias. The output is in torch.channels_last where the input is.
    """
    how = mode, align_corners, recompute_scale_factor, antialias
    resolved = resolve(input.shape, size, scale_factor, *how)
    if mode == "area":
        return adaptive_avg_pool2d(input, resolved.size)
    return INTERPOLATE.forward(input, *resolved)


@public
class Upsample(torch.nn.Upsample):
    """`torch.nn.Upsample`. PyTorch resizes volumes, and the areas of signals."""

    def forward(self, input: Tensor) -> Tensor:
        volume = "input is a volume; kernels take images and signals" if input.ndim == 5 else ""
        area = "mode is 'area'; kernels take images" if self.mode == "area" else ""
        return compute(
            self,
            interpolate,
            unless=volume or (area if input.ndim == 3 else ""),
            input=input,
            size=self.size,
            scale_factor=self.scale_factor,
            mode=self.mode,
            align_corners=self.align_corners,
            recompute_scale_factor=self.recompute_scale_factor,
        )


@public
class UpsamplingNearest2d(torch.nn.UpsamplingNearest2d):
    """`torch.nn.UpsamplingNearest2d`."""

    forward = Upsample.forward


@public
class UpsamplingBilinear2d(torch.nn.UpsamplingBilinear2d):
    """`torch.nn.UpsamplingBilinear2d`."""

    forward = Upsample.forward
