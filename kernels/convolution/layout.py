"""Which loads images allow: NHWC and NCHW are orders of memory, so their strides say it."""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, POSITIONS, Load
from crosscheck.kernels.convolution.problem import Problem


def is_aligned(row: Array) -> bool:
    """Return whether a row of memory has elements, and begins on 16 bytes."""
    return row.size > 0 and begins_on_quad(row)


def in_quads(strides: Sequence[int], shape: Sequence[int], channels: int, width: int = 4) -> bool:
    """Return whether `width` channels at a time of images (n, c, h, w) lie side by side on 16
    bytes, where the first element does.

    strides: in elements; channels: of a group, whose quads belong to it alone.
    """
    n, c, h, w = strides
    steps = (
        step for step, extent in zip((n, h, w), (shape[0], *shape[2:]), strict=True) if extent > 1
    )
    return c == 1 and channels % width == 0 and all(step % width == 0 for step in steps)


def loads(
    strides: Sequence[int], shape: Sequence[int], channels: int, problem: Problem
) -> tuple[Load, ...]:
    """Return what a load of images (n, c, h, w) on 16 bytes may bring; see `in_quads`."""
    found = (PIXEL,)
    if in_quads(strides, shape, channels):
        found += (CHANNELS,)
    if problem.is_product and _in_rows(strides, shape):
        found += (POSITIONS,)
    return found


def _in_rows(strides: Sequence[int], shape: Sequence[int]) -> bool:
    """Return whether each channel of each image is a row of quads of pixels."""
    (n, c, h, w), (_, _, height, width) = strides, shape
    dense = w == 1 and (h == width or height == 1) and height * width % 4 == 0
    return dense and n % 4 == c % 4 == 0
