"""How often each byte occurs, counted by atomics in global memory, or in shared memory first."""

from dataclasses import replace

import numpy as np
from numba import cuda, int32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

BINS = BLOCK = 256
GRID = 60
PARTS = 16  # of the plain loop: they run on several cores, so each has its own counts


def global_atomics(x, counts):
    i = cuda.grid(1)
    if i < x.shape[0]:
        cuda.atomic.add(counts, x[i], 1)


def shared_atomics(x, counts):
    block_counts = cuda.shared.array(BINS, int32)
    t = cuda.threadIdx.x
    block_counts[t] = 0
    cuda.syncthreads()  # every bin is 0 before any thread counts
    for i in range(cuda.grid(1), x.shape[0], cuda.gridsize(1)):
        cuda.atomic.add(block_counts, x[i], 1)
    cuda.syncthreads()  # all threads have counted
    cuda.atomic.add(counts, t, block_counts[t])


@njit(parallel=True, cache=True)
def loop(x, counts):
    part_counts = np.zeros((PARTS, BINS), np.int32)
    size = (x.shape[0] + PARTS - 1) // PARTS
    for part in prange(PARTS):
        for i in range(part * size, min(x.shape[0], (part + 1) * size)):
            part_counts[part, x[i]] += 1
    counts += part_counts.sum(0)


def one_element_per_thread(random: np.random.Generator, size: int) -> Problem:
    """`size` bytes, uniformly distributed."""
    x = random.integers(0, BINS, size, np.uint8)
    expected = np.bincount(x, minlength=BINS)
    arguments = (x, np.empty(BINS, np.int32))
    return Problem((blocks(size, BLOCK),), (BLOCK,), arguments, expected, initial=0)


def grid_stride(random: np.random.Generator, size: int) -> Problem:
    """The same bytes for GRID blocks, which stride over them: each adds its counts only once."""
    return replace(one_element_per_thread(random, size), grid=(GRID,))


_SIZES = {"small": 8000, "large": 1 << 20}

CASES = (
    Case("histogram, global atomics", global_atomics, loop, one_element_per_thread, **_SIZES),
    Case(
        "histogram, shared atomics", shared_atomics, loop, grid_stride, **_SIZES, waits="barriers"
    ),
)
