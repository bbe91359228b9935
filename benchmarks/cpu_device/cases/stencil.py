"""One Jacobi step of Laplace's equation: each inner point becomes the mean of 4 neighbours."""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE = 16


def jacobi(u, out):
    column, row = cuda.grid(2)
    if row < u.shape[0] and column < u.shape[1]:
        if 0 < row and row < u.shape[0] - 1 and 0 < column and column < u.shape[1] - 1:
            across = u[row, column - 1] + u[row, column + 1]
            along = u[row - 1, column] + u[row + 1, column]
            out[row, column] = float32(0.25) * (across + along)
        else:
            out[row, column] = u[row, column]


@njit(parallel=True, cache=True)
def loop(u, out):
    H, W = u.shape
    for row in prange(H):
        if row == 0 or row == H - 1:
            out[row] = u[row]
        else:
            out[row, 0], out[row, W - 1] = u[row, 0], u[row, W - 1]
            for column in range(1, W - 1):
                across = u[row, column - 1] + u[row, column + 1]
                along = u[row - 1, column] + u[row + 1, column]
                out[row, column] = float32(0.25) * (across + along)


def problem(random: np.random.Generator, size: int) -> Problem:
    """A grid of `size` x `size` points."""
    u = random.random((size, size), np.float32)
    expected = u.astype(np.float64)
    expected[1:-1, 1:-1] = (u[1:-1, :-2] + u[1:-1, 2:] + u[:-2, 1:-1] + u[2:, 1:-1]) / 4
    side = blocks(size, TILE)
    arguments = (u, np.empty_like(u))
    return Problem((side, side), (TILE, TILE), arguments, expected, tolerance=1e-6)


CASES = (Case("Jacobi step", jacobi, loop, problem, small=60, large=600),)
