"""The matrix product of every CUDA course, C = A B, square: naive, and tiled in shared memory.

One thread computes one element of C. In the tiled kernel a block computes a TILE x TILE square of
it, and walks along the inner dimension a tile at a time; the sides are multiples of TILE.

The plain loop does what the naive kernel does, an element after the other. The reordered one goes
along rows of B and C instead, where a compiler makes vectors of it.
"""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE = 16


def naive(a, b, c):
    column, row = cuda.grid(2)
    if row < c.shape[0] and column < c.shape[1]:
        total = float32(0)
        for k in range(a.shape[1]):
            total += a[row, k] * b[k, column]
        c[row, column] = total


def tiled(a, b, c):
    tile_a = cuda.shared.array((TILE, TILE), float32)
    tile_b = cuda.shared.array((TILE, TILE), float32)
    column, row = cuda.grid(2)
    x = cuda.threadIdx.x
    y = cuda.threadIdx.y
    total = float32(0)
    for start in range(0, a.shape[1], TILE):
        tile_a[y, x] = a[row, start + x]
        tile_b[y, x] = b[start + y, column]
        cuda.syncthreads()  # the tiles are complete before anyone reads them
        for k in range(TILE):
            total += tile_a[y, k] * tile_b[k, x]
        cuda.syncthreads()  # everyone has read the tiles before they are overwritten
    c[row, column] = total


@njit(parallel=True, cache=True)
def loop(a, b, c):
    for row in prange(c.shape[0]):
        for column in range(c.shape[1]):
            total = float32(0)
            for k in range(a.shape[1]):
                total += a[row, k] * b[k, column]
            c[row, column] = total


@njit(parallel=True, cache=True)
def reordered(a, b, c):
    for row in prange(c.shape[0]):
        for column in range(c.shape[1]):
            c[row, column] = 0
        for k in range(a.shape[1]):  # outside: then the inner loop runs along rows of b and c
            for column in range(c.shape[1]):
                c[row, column] += a[row, k] * b[k, column]


def problem(random: np.random.Generator, size: int) -> Problem:
    """Matrices of `size` x `size`."""
    a, b = random.random((2, size, size), np.float32)
    side = blocks(size, TILE)
    expected = a.astype(np.float64) @ b
    arguments = (a, b, np.empty_like(a))
    return Problem((side, side), (TILE, TILE), arguments, expected, tolerance=1e-5)


CASES = (
    Case("matmul, naive", naive, loop, problem, small=48, large=192),
    Case("matmul, naive; loop reordered", naive, reordered, problem, small=48, large=192),
    Case("matmul, tiled", tiled, reordered, problem, small=32, large=192, waits="barriers"),
)
