"""Global memory: a GPU moves it in sectors of 32 bytes, whole.

A request moves every sector that one of its lanes touches, once. Bytes that several lanes ask for
count once, so 100 % is what a warp gets when it uses every byte that it moves.
Source: CUDA C++ Best Practices Guide, "Coalesced Access to Global Memory".
"""

import numpy as np

SECTOR = 32  # bytes


def distinct(requests: np.ndarray, units: np.ndarray) -> np.ndarray:
    """Return for each distinct (request, unit) pair its request."""
    names, dense = np.unique(units, return_inverse=True)  # products of these stay small
    return np.unique(requests * len(names) + dense) // len(names)


def _spread(
    requests: np.ndarray, address: np.ndarray, size: np.ndarray, unit: int
) -> tuple[np.ndarray, np.ndarray]:
    """Repeat each access once for every unit of memory that it touches."""
    first, last = address // unit, (address + size - 1) // unit
    counts = last - first + 1
    offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return np.repeat(requests, counts), np.repeat(first, counts) + offsets


def moved(requests: np.ndarray, address: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the sectors that each request moves; requests are numbered from 0."""
    return np.bincount(distinct(*_spread(requests, address, size, SECTOR)))


def asked(requests: np.ndarray, address: np.ndarray, size: np.ndarray) -> np.ndarray:
    """Return the distinct bytes that the lanes of each request ask for."""
    unit = int(np.gcd.reduce(np.concatenate([address, size])))  # all accesses are whole units
    return np.bincount(distinct(*_spread(requests, address, size, unit))) * unit


def least(address: np.ndarray, size: np.ndarray) -> int:
    """Return how many different sectors all accesses together touch: each has to move once."""
    return int(moved(np.zeros(len(address), np.int64), address, size)[0])
