"""The inclusive scan of each row of a matrix, one block per row: Hillis-Steele, or warp shuffles.

W. D. Hillis and G. L. Steele, Data parallel algorithms, 1986: in step n every element adds the one
2^n places before it.
"""

import numpy as np
from numba import cuda, int32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem

BLOCK, WARP = 256, 32
WARPS = BLOCK // WARP
ALL_LANES = 0xFFFFFFFF


def hillis_steele(x, sums):
    running = cuda.shared.array(BLOCK, int32)
    t = cuda.threadIdx.x
    row = cuda.blockIdx.x
    running[t] = x[row, t]
    cuda.syncthreads()
    distance = 1
    while distance < BLOCK:
        before = int32(0)
        if t >= distance:
            before = running[t - distance]
        cuda.syncthreads()  # all threads have read before any writes
        running[t] += before
        cuda.syncthreads()  # all threads have written before any reads
        distance *= 2
    sums[row, t] = running[t]


def shuffles(x, sums):
    warp_totals = cuda.shared.array(WARPS, int32)
    t = cuda.threadIdx.x
    row = cuda.blockIdx.x
    total = x[row, t]
    distance = 1
    while distance < WARP:
        before = cuda.shfl_up_sync(ALL_LANES, total, distance)
        if t % WARP >= distance:
            total += before
        distance *= 2
    if t % WARP == WARP - 1:
        warp_totals[t // WARP] = total
    cuda.syncthreads()
    for warp in range(t // WARP):
        total += warp_totals[warp]
    sums[row, t] = total


@njit(parallel=True, cache=True)
def loop(x, sums):
    for row in prange(x.shape[0]):
        total = int32(0)
        for column in range(x.shape[1]):
            total += x[row, column]
            sums[row, column] = total


def problem(random: np.random.Generator, size: int) -> Problem:
    """`size` rows of BLOCK."""
    x = random.integers(-99, 99, (size, BLOCK), np.int32)
    arguments = (x, np.empty_like(x))
    return Problem((size,), (BLOCK,), arguments, np.cumsum(x, 1), initial=-(2**31))


CASES = (
    Case("scan, Hillis-Steele", hillis_steele, loop, problem, small=1, large=256, waits="barriers"),
    Case("scan, shuffles", shuffles, loop, problem, small=1, large=256, waits="shuffles"),
)
