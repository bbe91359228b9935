"""New arrays, which are unwritten until a kernel or the host writes them.

A new array is filled with initcheck's pattern, and kernels under initcheck mark what they write. So
an output that one kernel leaves partly unwritten is found when the next one reads it. Arrays are
forgotten when they are freed.
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
    """Mark an array if this thread's launches are under initcheck; return it."""
    return mark(array) if INITCHECK in modes.current().sanitize else array


def mark(array: np.ndarray) -> np.ndarray:
    """Mark the memory of a contiguous array as unwritten, fill it with the pattern; return it."""
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
    """Return the unwritten ranges that overlap this one."""
    return [
        unwritten
        for unwritten in list(_ranges.values())
        if unwritten.start < end and start < unwritten.end
    ]
