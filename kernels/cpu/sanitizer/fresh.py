"""Arrays whose memory nobody has written yet, as far as kernels tell.

A fresh array is filled with initcheck's pattern, and kernels under initcheck mark what they write.
So an output that one kernel leaves half written is found when the next one reads it. An array is
forgotten when it is freed.
"""

import weakref
from typing import NamedTuple

import numpy as np

from kernels.cpu.sanitizer.initcheck import PATTERN


class Fresh(NamedTuple):
    """The bytes from start to end, and one byte for each of them: 1 when a kernel wrote it."""

    start: int
    end: int
    written: np.ndarray


_ranges: dict[int, Fresh] = {}


def mark(array: np.ndarray) -> np.ndarray:
    """Declare a C-contiguous array's memory unwritten, fill it with the pattern, and return it."""
    owner = array
    while isinstance(owner.base, np.ndarray):
        owner = owner.base
    bytes_ = array.reshape(-1).view(np.uint8) if array.size else np.empty(0, np.uint8)
    pattern = np.array([PATTERN], "<u4").view(np.uint8)
    bytes_[:] = np.resize(pattern, bytes_.size)
    start = array.__array_interface__["data"][0]
    _ranges[start] = Fresh(start, start + bytes_.size, np.zeros(bytes_.size, np.uint8))
    weakref.finalize(owner, _ranges.pop, start, None)
    return array


def overlapping(start: int, end: int) -> list[Fresh]:
    """Return the fresh ranges that share a byte with this one."""
    return [fresh for fresh in list(_ranges.values()) if fresh.start < end and start < fresh.end]
