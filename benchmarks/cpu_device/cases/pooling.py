"""Max pooling over windows of 2 x 2, one thread per output."""

import numpy as np
from numba import cuda, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE, CHANNELS = 16, 8


def max_pool(x, y):
    q, p, c = cuda.grid(3)
    if p < y.shape[1] and q < y.shape[2]:
        largest = x[c, 2 * p, 2 * q]
        for r in range(2):
            for s in range(2):
                largest = max(largest, x[c, 2 * p + r, 2 * q + s])
        y[c, p, q] = largest


@njit(parallel=True, cache=True)
def loop(x, y):
    for row in prange(y.shape[0] * y.shape[1]):
        c, p = row // y.shape[1], row % y.shape[1]
        for q in range(y.shape[2]):
            above = max(x[c, 2 * p, 2 * q], x[c, 2 * p, 2 * q + 1])
            below = max(x[c, 2 * p + 1, 2 * q], x[c, 2 * p + 1, 2 * q + 1])
            y[c, p, q] = max(above, below)


def problem(random: np.random.Generator, size: int) -> Problem:
    """CHANNELS images of 2 `size` x 2 `size` pixels."""
    x = random.standard_normal((CHANNELS, 2 * size, 2 * size), np.float32)
    expected = x.reshape(CHANNELS, size, 2, size, 2).max((2, 4))
    side = blocks(size, TILE)
    return Problem((side, side, CHANNELS), (TILE, TILE, 1), (x, np.empty_like(expected)), expected)


CASES = (Case("max pooling", max_pool, loop, problem, small=20, large=112),)
