"""The product of square matrices, C = A B: naive, and tiled in shared memory.

One thread computes one element of C. In the tiled kernel a block computes TILE x TILE elements, and
loads A and B tile by tile along the inner dimension. The sides are multiples of TILE.

The plain loop computes one element after the other, as the naive kernel does. The reordered loop
runs along rows of B and C, which the compiler vectorizes.
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
        cuda.syncthreads()  # the tiles are complete before any thread reads them
        for k in range(TILE):
            total += tile_a[y, k] * tile_b[k, x]
        cuda.syncthreads()  # all threads have read the tiles before they are overwritten
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
        for k in range(
            a.shape[1]
        ):  # the middle loop, so that the inner one runs along rows of b and c
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
