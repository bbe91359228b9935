"""The transpose of a matrix: naive, and through a tile in shared memory.

On a GPU the tile makes both loads and stores coalesced. Its extra column puts the elements that a
warp reads, a column of the tile, into different banks of shared memory.
"""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE = 16
PADDED = TILE + 1


def naive(x, y):
    column, row = cuda.grid(2)
    if row < x.shape[0] and column < x.shape[1]:
        y[column, row] = x[row, column]


def tiled(x, y):
    tile = cuda.shared.array((TILE, PADDED), float32)
    column, row = cuda.grid(2)
    if row < x.shape[0] and column < x.shape[1]:
        tile[cuda.threadIdx.y, cuda.threadIdx.x] = x[row, column]
    cuda.syncthreads()  # the tile is complete
    column = cuda.blockIdx.y * TILE + cuda.threadIdx.x
    row = cuda.blockIdx.x * TILE + cuda.threadIdx.y
    if row < y.shape[0] and column < y.shape[1]:
        y[row, column] = tile[cuda.threadIdx.x, cuda.threadIdx.y]


@njit(parallel=True, cache=True)
def loop(x, y):
    H, W = x.shape
    for tile in prange((H + TILE - 1) // TILE):  # so that x and y both stay in the cache
        first, end = tile * TILE, min(H, (tile + 1) * TILE)
        for column in range(W):
            for row in range(first, end):
                y[column, row] = x[row, column]


def problem(random: np.random.Generator, size: int) -> Problem:
    """A matrix of `size` x `size`."""
    x = random.random((size, size), np.float32)
    side = blocks(size, TILE)
    return Problem((side, side), (TILE, TILE), (x, np.empty_like(x)), x.T)


CASES = (
    Case("transpose, naive", naive, loop, problem, small=60, large=500),
    Case("transpose, tiled", tiled, loop, problem, small=60, large=500, waits="barriers"),
)
