"""How often each byte occurs: atomics in global memory, or first in each block's shared memory."""

from dataclasses import replace

import numpy as np
from numba import cuda, int32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

BINS = BLOCK = 256
GRID = 60
PARTS = 16  # of the loop: a histogram for each, as each may run on another core


def of_the_grid(x, counts):
    i = cuda.grid(1)
    if i < x.shape[0]:
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


def an_element_a_thread(random: np.random.Generator, size: int) -> Problem:
    """`size` bytes, evenly distributed."""
    x = random.integers(0, BINS, size, np.uint8)
    expected = np.bincount(x, minlength=BINS)
    arguments = (x, np.empty(BINS, np.int32))
    return Problem((blocks(size, BLOCK),), (BLOCK,), arguments, expected, blank=0)


def a_few_blocks(random: np.random.Generator, size: int) -> Problem:
    """The same for GRID blocks: each adds its counts to the grid's once."""
    return replace(an_element_a_thread(random, size), grid=(GRID,))


_SIZES = {"small": 8000, "large": 1 << 20}

CASES = (
    Case("histogram, global atomics", of_the_grid, loop, an_element_a_thread, **_SIZES),
    Case("histogram, shared atomics", of_blocks, loop, a_few_blocks, **_SIZES, waits="barriers"),
)
