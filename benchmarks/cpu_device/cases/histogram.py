"""How often each byte occurs: atomics in global memory, or first in each block's shared memory."""

import numpy as np
from numba import cuda, int32, njit, prange

from benchmarks.cpu_device.case import Case, Problem

BINS = BLOCK = 256
GRID = 16
PARTS = 16  # of the loop: a histogram for each, as each may run on another core


def of_the_grid(x, counts):
    for i in range(cuda.grid(1), x.shape[0], cuda.gridsize(1)):
        cuda.atomic.add(counts, x[i], 1)


def of_blocks(x, counts):
    own = cuda.shared.array(BINS, int32)
    t = cuda.threadIdx.x
    own[t] = 0
    cuda.syncthreads()  # every bin is 0 before anyone counts
    for i in range(cuda.grid(1), x.shape[0], cuda.gridsize(1)):
        cuda.atomic.add(own, x[i], 1)
    cuda.syncthreads()  # everyone has counted
    cuda.atomic.add(counts, t, own[t])


@njit(parallel=True, cache=True)
def loop(x, counts):
    own = np.zeros((PARTS, BINS), np.int32)
    share = (x.shape[0] + PARTS - 1) // PARTS
    for part in prange(PARTS):
        for i in range(part * share, min(x.shape[0], (part + 1) * share)):
            own[part, x[i]] += 1
    counts += own.sum(0)


def problem(random: np.random.Generator, size: int) -> Problem:
    """`size` bytes, evenly distributed."""
    x = random.integers(0, BINS, size, np.uint8)
    expected = np.bincount(x, minlength=BINS)
    return Problem((GRID,), (BLOCK,), (x, np.empty(BINS, np.int32)), expected, blank=0)


CASES = (
    Case("histogram, global atomics", of_the_grid, loop, problem, small=8000, large=1 << 20),
    Case(
        "histogram, shared atomics",
        of_blocks,
        loop,
        problem,
        small=8000,
        large=1 << 20,
        waits="barriers",
    ),
)
