"""saxpy: out = a x + y, one thread per element."""

import numpy as np
from numba import cuda, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

BLOCK = 256


def saxpy(a, x, y, out):
    i = cuda.grid(1)
    if i < out.shape[0]:
        out[i] = a * x[i] + y[i]


@njit(parallel=True, cache=True)
def saxpy_loop(a, x, y, out):
    for i in prange(out.shape[0]):
        out[i] = a * x[i] + y[i]


def problem(random: np.random.Generator, size: int) -> Problem:
    """Arrays of `size` elements."""
    a = np.float32(1.5)
    x, y = random.standard_normal((2, size), np.float32)
    grid = (blocks(size, BLOCK),)
    return Problem(grid, (BLOCK,), (a, x, y, np.empty_like(x)), a * x + y, tolerance=1e-6)


CASES = (Case("saxpy", saxpy, saxpy_loop, problem, small=5000, large=1 << 20),)
