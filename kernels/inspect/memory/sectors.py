"""Global memory moves in whole sectors of 32 bytes.

A request moves every sector that one of its lanes touches, once. A byte that several lanes request
counts once, so a warp that uses every byte it moves has 100 %.
Source: CUDA C++ Best Practices Guide, "Coalesced Access to Global Memory".
"""

import numpy as np

from crosscheck.kernels.inspect.memory.requests import distinct

SECTOR = 32  # bytes


def sectors_moved(requests: np.ndarray, address: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return how many sectors each request moves; requests are numbered from 0."""
    return _distinct_units(requests, address, size, SECTOR)


def bytes_requested(requests: np.ndarray, address: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return how many distinct bytes the lanes of each request ask for."""
    unit = int(np.gcd.reduce(np.concatenate([address, size])))  # all accesses are whole units
    return _distinct_units(requests, address, size, unit) * unit


def distinct_sectors(address: np.ndarray, size: np.ndarray) -> int:
    """Return how many sectors all accesses together touch: each has to move at least once."""
    return int(sectors_moved(np.zeros(len(address), np.int64), address, size)[0])


def _distinct_units(
    requests: np.ndarray, address: np.ndarray, size: np.ndarray, unit: int
) -> np.ndarray:
    """Return how many units of `unit` bytes each request touches."""
    first, last = address // unit, (address + size - 1) // unit
    counts = last - first + 1
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    units = np.repeat(first, counts) + offsets
    # Small numbers stand for the units: with addresses the product could overflow.
    every, number = np.unique(units, return_inverse=True)
    pairs = distinct(np.repeat(requests, counts) * len(every) + number)
    return np.bincount(pairs // len(every))
