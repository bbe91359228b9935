"""What it costs a thread to wait, measured by kernels that do nothing else.

One block, so one core: wall time over threads and rounds. A launch of half as many rounds is
measured, too, and only the difference counts. A launch takes a millisecond or two: the shortest of
many was not interrupted even on a busy machine.
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
    for _ in range(rounds):  # an even number: every value comes home
        value = cuda.shfl_xor_sync(ALL_LANES, value, 1)
    out[cuda.threadIdx.x] = value


def nanoseconds(kernel: Callable, threads: int) -> float:
    """Return what one round costs one thread. `threads` is a power of two, at most 1024.

    Raises AssertionError when the result is wrong.
    """
    rounds = ROUNDS // threads  # even, and so is its half
    launch = jit(kernel)[1, threads]
    out = np.empty(threads, np.int64)
    best = {rounds: float("inf"), rounds // 2: float("inf")}
    launch(rounds, out)  # compiles
    for _ in range(REPEATS):
        for number in best:
            out.fill(-1)
            start = time.perf_counter()
            launch(number, out)
            best[number] = min(best[number], time.perf_counter() - start)
            np.testing.assert_array_equal(out, np.arange(threads), kernel.__name__)
    return (best[rounds] - best[rounds // 2]) / (rounds // 2) / threads * 1e9


def costs() -> dict[str, float]:
    """Return the nanoseconds of a barrier and of a shuffle a thread, for several blocks."""
    found = {}
    for threads in (32, 256, 1024):
        found[f"barrier, {threads} threads"] = nanoseconds(barriers, threads)
    for threads in (32, 256, 1024):
        found[f"shuffle, {threads} threads"] = nanoseconds(shuffles, threads)
    return found
