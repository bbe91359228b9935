"""Which loads images allow: NHWC and NCHW are orders of memory, so their strides say it."""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array, address
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, POSITIONS, Load
from crosscheck.kernels.convolution.problem import Problem

QUAD_BYTES = 16


def in_quads(row: Array, strides: Sequence[int], shape: Sequence[int], channels: int) -> bool:
    """Return whether four channels at a time of images (n, c, h, w) lie side by side on 16 bytes.

    row, strides: of `flat`; channels: of a group, whose quads belong to it alone.
    """
    n, c, h, w = strides
    steps = (
        step for step, extent in zip((n, h, w), (shape[0], *shape[2:]), strict=True) if extent > 1
    )
    aligned = row.size > 0 and address(row) % QUAD_BYTES == 0
    return aligned and c == 1 and channels % 4 == 0 and all(step % 4 == 0 for step in steps)


def loads(
    row: Array, strides: Sequence[int], shape: Sequence[int], channels: int, problem: Problem
) -> tuple[Load, ...]:
    """Return what a load of images (n, c, h, w) may bring; see `in_quads`."""
    found = (PIXEL,)
    if in_quads(row, strides, shape, channels):
        found += (CHANNELS,)
    if problem.is_product and _in_rows(row, strides, shape):
        found += (POSITIONS,)
    return found


def _in_rows(row: Array, strides: Sequence[int], shape: Sequence[int]) -> bool:
    """Return whether each channel of each image is a row of quads of pixels, on 16 bytes."""
    (n, c, h, w), (_, _, height, width) = strides, shape
    dense = w == 1 and (h == width or height == 1) and height * width % 4 == 0
    return row.size > 0 and dense and n % 4 == c % 4 == 0 and address(row) % QUAD_BYTES == 0
