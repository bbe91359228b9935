"""The cost of waiting, measured by kernels that do nothing else.

The cost is wall time over threads and rounds, of one block and thus one core. A launch of half as
many rounds is timed as well, and only the difference counts: this removes the cost of a launch. A
launch takes a millisecond or two, so that the shortest of many is free of interruptions.
"""

import time
from collections.abc import Callable

import numpy as np
from numba import cuda

from crosscheck.kernels.cpu import jit

ROUNDS = 1 << 17  # of all threads together
REPEATS = 60
ALL_LANES = 0xFFFFFFFF


def barriers(rounds, out):
    for _ in range(rounds):
        cuda.syncthreads()
    out[cuda.threadIdx.x] = cuda.threadIdx.x


def shuffles(rounds, out):
    value = cuda.threadIdx.x
    for _ in range(rounds):  # an even number: every value returns to its lane
        value = cuda.shfl_xor_sync(ALL_LANES, value, 1)
    out[cuda.threadIdx.x] = value


def nanoseconds(kernel: Callable, threads: int) -> float:
    """Return the cost of one round for one thread. `threads` is a power of two, at most 1024.

    Raises AssertionError for a wrong result.
    """
    rounds = ROUNDS // threads  # even, and so is its half
    launch = jit(kernel)[1, threads]
    out = np.empty(threads, np.int64)
    shortest = {rounds: float("inf"), rounds // 2: float("inf")}
    launch(rounds, out)  # compiles
    for _ in range(REPEATS):
        for number in shortest:
            out.fill(-1)
            start = time.perf_counter()
            launch(number, out)
            shortest[number] = min(shortest[number], time.perf_counter() - start)
            np.testing.assert_array_equal(out, np.arange(threads), kernel.__name__)
    return (shortest[rounds] - shortest[rounds // 2]) / (rounds // 2) / threads * 1e9


def costs() -> dict[str, float]:
    """Return the nanoseconds per thread of a barrier and of a shuffle, for several block sizes."""
    costs = {}
    for threads in (32, 256, 1024):
        costs[f"barrier, {threads} threads"] = nanoseconds(barriers, threads)
    for threads in (32, 256, 1024):
        costs[f"shuffle, {threads} threads"] = nanoseconds(shuffles, threads)
    return costs
