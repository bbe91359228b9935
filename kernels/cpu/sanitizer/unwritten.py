"""Arrays whose memory nobody has written yet, as far as kernels tell.

A fresh array is filled with initcheck's pattern, and kernels under initcheck mark what they write.
So an output that one kernel leaves half written is found when the next one reads it. An array is
forgotten when it is freed.
"""

import weakref
from typing import NamedTuple

import numpy as np

from ..options import modes
from ..options.tools import INITCHECK
from .initcheck import PATTERN


class UnwrittenRange(NamedTuple):
    """The bytes from start to end, and one byte for each of them: 1 when a kernel wrote it."""

    start: int
    end: int
    written: np.ndarray


_ranges: dict[int, UnwrittenRange] = {}


def watch(array: np.ndarray) -> np.ndarray:
    """Mark an array where launches of this thread are under initcheck, and return it."""
    return mark(array) if INITCHECK in modes.current().sanitize else array


def mark(array: np.ndarray) -> np.ndarray:
    """Declare a contiguous array's memory unwritten, fill it with the pattern, and return it."""
    if array.size == 0:
        return array
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    row = array.reshape(-1, order="A", copy=False).view(np.uint8)
    row[:] = np.resize(np.array([PATTERN], "<u4").view(np.uint8), row.size)
    start = array.__array_interface__["data"][0]
    _ranges[start] = UnwrittenRange(start, start + row.size, np.zeros(row.size, np.uint8))
    weakref.finalize(owner, _ranges.pop, start, None)
    return array


def overlapping(start: int, end: int) -> list[UnwrittenRange]:
    """Return the fresh ranges that share a byte with this one."""
    return [fresh for fresh in list(_ranges.values()) if fresh.start < end and start < fresh.end]
