"""Which loads an array allows: NHWC is an order of memory, so its strides say it."""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array, address

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
