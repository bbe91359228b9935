"""Stores to arrays do not reload coordinates, and arrays may overlap each other."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


def shift(x, y):
    i = cuda.grid(1)
    y[i] = x[i] + 1


@pytest.mark.parametrize("distance", [-16, -3, -1, 0, 1, 2, 15, 40])
def test_arrays_that_overlap(distance):
    memory = np.arange(400, dtype=np.int64)
    start = 100
    expected = memory.copy()
    for i in range(128):  # a block after the other, its threads by number
        expected[start + distance + i] = expected[start + i] + 1
    x = memory[start : start + 128]
    y = memory[start + distance : start + distance + 128]
    jit(shift, deterministic=True)[2, 64](x, y)
    assert (memory == expected).all()


def test_one_array_seen_as_two_types():
    def swap(numbers, bits):
        i = cuda.grid(1)
        numbers[i] = 1.0
        bits[i] += 1
        numbers[i] += 1.0

    numbers = np.zeros(64, np.float32)
    jit(swap)[1, 64](numbers, numbers.view(np.int32))
    one = np.float32(1)
    after = (one.view(np.int32) + np.int32(1)).view(np.float32) + one
    assert (numbers == after).all()
