"""Warp requests: which accesses of a trace a GPU would serve together.

On the CPU device every thread runs alone. Lanes of a warp that execute the same access for the k-th
time are one request: exact as long as a warp's lanes go through the access the same number of
times; where they do not, lanes that leave a loop early are absent from the later requests, as on a
GPU.
"""

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import Trace


def number(trace: Trace) -> np.ndarray:
    """Return the request each access belongs to: int64, equal numbers are one request.

    Numbers run from 0 without gaps, sorted by site, then block and warp, then time.
    """
    if not len(trace):
        return np.zeros(0, np.int64)
    times = _occurrence((trace.site, trace.block, trace.thread))
    warp = trace.thread // WARP_SIZE
    order = np.lexsort((times, warp, trace.block, trace.site))
    begins = _changes([field[order] for field in (trace.site, trace.block, warp, times)])
    numbers = np.empty(len(trace), np.int64)
    numbers[order] = np.cumsum(begins) - 1
    return numbers


def _changes(sorted_fields: list[np.ndarray]) -> np.ndarray:
    """Mark where a sorted sequence of tuples has a new value; its first element is one."""
    changes = np.zeros(len(sorted_fields[0]), bool)
    changes[0] = True
    for field in sorted_fields:
        changes[1:] |= field[1:] != field[:-1]
    return changes


def _occurrence(fields: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return for each element how many equal tuples come before it."""
    order = np.lexsort(fields)  # stable: equal tuples stay in time
    begins = _changes([field[order] for field in fields])
    starts = np.flatnonzero(begins)
    counts = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    result = np.empty(len(order), np.int64)
    result[order] = counts
    return result
