"""NHWC, which PyTorch calls channels_last: images (n, c, h, w) whose channels lie side by side.

It is an order of memory, not of axes. The strides say it, in elements or in bytes.
"""

from collections.abc import Sequence

import numpy as np


def in_nhwc(images: np.ndarray) -> np.ndarray:
    """Return a copy of images (n, c, h, w) that lies in memory as NHWC."""
    return np.ascontiguousarray(images.transpose(0, 2, 3, 1)).transpose(0, 3, 1, 2)


def channels_last(size: Sequence[int]) -> tuple[int, ...]:
    """Return the strides, in elements, of dense images (n, c, h, w) or (c, h, w) in NHWC."""
    c, h, w = (max(extent, 1) for extent in size[-3:])
    return (h * w * c, 1, w * c, c)[-len(size) :]


def is_channels_last(size: Sequence[int], strides: Sequence[int]) -> bool:
    """Return whether images lie in memory so, by PyTorch's rule for its outputs.

    Where a size of 1 leaves it open, as with one channel, they do not; nor do images without a
    batch.
    """
    if len(size) != 4 or 0 in size:
        return False
    least = 0
    for axis in (1, 3, 2, 0):
        if strides[axis] < least or (axis == 0 and least == strides[1]):
            return False
        least = strides[axis] * size[axis]
    return strides[1] != 0
