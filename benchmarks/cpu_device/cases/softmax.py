"""Row-wise softmax of a matrix, one block per row: two tree reductions in shared memory."""

import math

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem

BLOCK = 128
LOWEST = np.float32(-np.inf)


def softmax(x, y):
    shared = cuda.shared.array(BLOCK, float32)
    t = cuda.threadIdx.x
    row = cuda.blockIdx.x
    largest = LOWEST
    for column in range(t, x.shape[1], BLOCK):
        largest = max(largest, x[row, column])
    shared[t] = largest
    cuda.syncthreads()
    half = BLOCK // 2
    while half > 0:
        if t < half:
            shared[t] = max(shared[t], shared[t + half])
        cuda.syncthreads()  # the upper half has been read, the lower one is complete
        half //= 2
    largest = shared[0]
    cuda.syncthreads()  # all threads have the maximum before it is overwritten
    total = float32(0)
    for column in range(t, x.shape[1], BLOCK):
        total += math.exp(x[row, column] - largest)
    shared[t] = total
    cuda.syncthreads()
    half = BLOCK // 2
    while half > 0:
        if t < half:
            shared[t] += shared[t + half]
        cuda.syncthreads()
        half //= 2
    for column in range(t, x.shape[1], BLOCK):
        y[row, column] = math.exp(x[row, column] - largest) / shared[0]


@njit(parallel=True, cache=True)
def loop(x, y):
    for row in prange(x.shape[0]):
        largest = LOWEST
        for column in range(x.shape[1]):
            largest = max(largest, x[row, column])
        total = float32(0)
        for column in range(x.shape[1]):
            y[row, column] = math.exp(x[row, column] - largest)
            total += y[row, column]
        for column in range(x.shape[1]):
            y[row, column] /= total


def problem(random: np.random.Generator, size: int) -> Problem:
    """`size` rows of 1000."""
    x = random.standard_normal((size, 1000), np.float32)
    powers = np.exp(x - x.max(1, keepdims=True), dtype=np.float64)
    expected = powers / powers.sum(1, keepdims=True)
    return Problem((size,), (BLOCK,), (x, np.empty_like(x)), expected, tolerance=1e-5)


CASES = (Case("softmax", softmax, loop, problem, small=2, large=128, waits="barriers"),)
