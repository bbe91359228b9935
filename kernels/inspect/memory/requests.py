"""Warp requests: the accesses of a trace that a GPU would serve together.

On the CPU device every thread runs alone. The k-th accesses of a warp's lanes at one place in the
source are one request. That is exact where all lanes of the warp make the access equally often.
Where they do not, lanes that leave a loop early are missing from its later requests, as on a GPU.
"""

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import Trace


def request_numbers(trace: Trace) -> np.ndarray:
    """Return the number of each access's request, int64.

    Numbers run from 0 without gaps, sorted by site, then block, warp and time.
    """
    if not len(trace):
        return np.zeros(0, np.int64)
    repetition = _earlier_equals((trace.site, trace.block, trace.thread))
    warp = trace.thread // WARP_SIZE
    order = np.lexsort((repetition, warp, trace.block, trace.site))
    begins = _begins([field[order] for field in (trace.site, trace.block, warp, repetition)])
    numbers = np.empty(len(trace), np.int64)
    numbers[order] = np.cumsum(begins) - 1
    return numbers


def distinct(values: np.ndarray) -> np.ndarray:
    """Return the distinct values, sorted. np.unique hashes them before it sorts, which takes up to
    50 times as long for the addresses of a full trace.
    """
    ordered = np.sort(values)
    return ordered[_begins([ordered])] if len(ordered) else ordered


def _begins(sorted_fields: list[np.ndarray]) -> np.ndarray:
    """Return where each run of equal tuples begins in a sorted sequence, as a mask."""
    begins = np.zeros(len(sorted_fields[0]), bool)
    begins[0] = True
    for field in sorted_fields:
        begins[1:] |= field[1:] != field[:-1]
    return begins


def _earlier_equals(fields: tuple[np.ndarray, ...]) -> np.ndarray:
    """Return for each tuple how many equal ones come before it."""
    order = np.lexsort(fields)  # stable: equal tuples keep their order in time
    starts = np.flatnonzero(_begins([field[order] for field in fields]))
    counts = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    result = np.empty(len(order), np.int64)
    result[order] = counts
    return result
