"""Images of another size."""

from collections.abc import Sequence

from crosscheck.kernels.resize.arguments import resolve
from crosscheck.kernels.resize.interpolate import INTERPOLATE
from crosscheck.kernels.resize.pixel_shuffle import PIXEL_SHUFFLE
from crosscheck.kernels.resize.pixel_unshuffle import PIXEL_UNSHUFFLE
from crosscheck.nn.functional.apply import apply
from crosscheck.nn.functional.arguments import array_of
from crosscheck.nn.functional.pooling import adaptive_avg_pool2d
from crosscheck.nn.public import public
from crosscheck.nn.tensor import Tensor


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
    """Resize images (n, c, h, w), or signals (n, c, w), to `size` or by `scale_factor`.

    The modes are nearest, nearest-exact, linear for signals, bilinear, bicubic and area for images.
    `antialias` is refused.
    """
    how = mode, align_corners, recompute_scale_factor, antialias
    resolved = resolve(array_of("interpolate", "input", input).shape, size, scale_factor, *how)
    if mode == "area":
        return adaptive_avg_pool2d(input, resolved.size)
    return apply(INTERPOLATE, dict(input=input), resolved._asdict())[0]


@public
def pixel_shuffle(input: Tensor, upscale_factor: int) -> Tensor:
    """Make pixels of channels: (..., c * f * f, h, w) to (..., c, h * f, w * f)."""
    return apply(PIXEL_SHUFFLE, dict(input=input), dict(upscale_factor=upscale_factor))[0]


@public
def pixel_unshuffle(input: Tensor, downscale_factor: int) -> Tensor:
    """Make channels of pixels: (..., c, h * f, w * f) to (..., c * f * f, h, w)."""
    return apply(PIXEL_UNSHUFFLE, dict(input=input), dict(downscale_factor=downscale_factor))[0]
