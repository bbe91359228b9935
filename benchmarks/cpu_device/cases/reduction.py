"""Row sums of a matrix, one block per row: by a tree in shared memory, or by warp shuffles."""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem

BLOCK, WARP = 256, 32
WARPS = BLOCK // WARP
ALL_LANES = 0xFFFFFFFF


def tree(x, sums):
    partial = cuda.shared.array(BLOCK, float32)
    t = cuda.threadIdx.x
    row = cuda.blockIdx.x
    total = float32(0)
    for column in range(t, x.shape[1], BLOCK):
        total += x[row, column]
    partial[t] = total
    cuda.syncthreads()
    half = BLOCK // 2
    while half > 0:
        if t < half:
            partial[t] += partial[t + half]
        cuda.syncthreads()  # the upper half has been read, the lower one is complete
        half //= 2
    if t == 0:
        sums[row] = partial[0]


def shuffles(x, sums):
    warp_totals = cuda.shared.array(WARPS, float32)
    t = cuda.threadIdx.x
    row = cuda.blockIdx.x
    total = float32(0)
    for column in range(t, x.shape[1], BLOCK):
        total += x[row, column]
    distance = WARP // 2
    while distance > 0:
        total += cuda.shfl_down_sync(ALL_LANES, total, distance)
        distance //= 2
    if t % WARP == 0:
        warp_totals[t // WARP] = total
    cuda.syncthreads()
    if t == 0:
        total = float32(0)
        for warp in range(WARPS):
            total += warp_totals[warp]
        sums[row] = total


@njit(parallel=True, cache=True)
def loop(x, sums):
    for row in prange(x.shape[0]):
        total = float32(0)
        for column in range(x.shape[1]):
            total += x[row, column]
        sums[row] = total


def problem(random: np.random.Generator, size: int) -> Problem:
    """`size` rows of 1024."""
    x = random.random((size, 1024), np.float32)
    sums = np.empty(size, np.float32)
    return Problem((size,), (BLOCK,), (x, sums), x.sum(1, np.float64), tolerance=1e-4)


CASES = (
    Case("row sums, tree", tree, loop, problem, small=2, large=256, waits="barriers"),
    Case("row sums, shuffles", shuffles, loop, problem, small=2, large=256, waits="shuffles"),
)
