"""threadIdx, blockIdx, blockDim, gridDim, grid() and gridsize() of the running thread.

Each is an np.int64: in compiled code arithmetic with a coordinate has 64 bits, too.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from .numbers import number
from .thread import Thread, current


class Coordinates:
    """Three coordinates x, y, z of the running thread."""

    def __init__(self, of: Callable[[Thread], tuple[int, int, int]]) -> None:
        self._of = of

    @property
    def x(self) -> np.int64:
        """The fastest axis."""
        return np.int64(self._of(current())[0])

    @property
    def y(self) -> np.int64:
        """The middle axis."""
        return np.int64(self._of(current())[1])

    @property
    def z(self) -> np.int64:
        """The slowest axis."""
        return np.int64(self._of(current())[2])

    def __repr__(self) -> str:
        return repr(self._of(current()))  # as print() shows it in compiled code


THREAD_IDX = Coordinates(lambda thread: thread.position)
BLOCK_IDX = Coordinates(lambda thread: thread.block.index)
BLOCK_DIM = Coordinates(lambda thread: thread.block.configuration.block)
GRID_DIM = Coordinates(lambda thread: thread.block.configuration.grid)


def _per_axis(count: int, of: Callable[[Any, Any, Any, Any], int]) -> Any:
    if count not in (1, 2, 3):
        raise ValueError(f"cuda.grid and cuda.gridsize take 1, 2 or 3, not {count}")
    thread, block = current(), current().block
    sizes = block.configuration.block, block.configuration.grid
    axes = zip(thread.position, block.index, *sizes, strict=True)
    values = [np.int64(of(*axis)) for axis in axes][:count]
    return values[0] if count == 1 else tuple(values)


def grid(ndim: int) -> Any:
    """Return the thread's position in the grid."""
    return _per_axis(ndim, lambda thread, block, threads, blocks: block * threads + thread)


def gridsize(ndim: int) -> Any:
    """Return the grid's size in threads."""
    return _per_axis(ndim, lambda thread, block, threads, blocks: blocks * threads)


def lane_id() -> np.int64:
    """Return cuda.laneid."""
    return np.int64(current().lane)


def lanemask_lt() -> np.uint32:
    """Return the lanes below this one."""
    return number(np.uint32((1 << current().lane) - 1))
