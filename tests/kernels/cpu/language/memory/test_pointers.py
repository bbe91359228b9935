"""Arrays over the memory that a pointer points to."""

import numpy as np
import pytest
from numba import carray, cuda, farray, types

from crosscheck.kernels.cpu import jit, modes
from crosscheck.kernels.cpu.language.memory.pointers import array_at


@pytest.mark.parametrize("over, order", [(carray, "C"), (farray, "F")])
def test_carray_and_farray(over, order):
    @jit(types.void(types.CPointer(types.float32), types.intp))
    def kernel(address, rows):
        plain, named = over(address, (rows, 3)), over(address, (rows, 3), dtype=np.float32)
        i, j = cuda.grid(2)
        plain[i, j] += 10 * i
        named[i, j] += j

    x = np.zeros((2, 3), np.float32, order)
    kernel[1, (2, 3)](x.ctypes.data, 2)
    assert x.tolist() == [[0, 1, 2], [10, 11, 12]]


@jit
def doubled(addresses, count):
    i = cuda.grid(1)
    x = array_at(np.float32, addresses[0], count)
    x[i] = 2 * x[i]


@pytest.mark.parametrize("debug", [False, True])
def test_array_at(debug):
    x = np.arange(4, dtype=np.float32)
    with modes.using(debug=debug):
        doubled[1, 4](np.array([x.ctypes.data]), 4)
    assert x.tolist() == [0, 2, 4, 6]


def test_memcheck_knows_the_extent_of_array_at():
    x = np.arange(4, dtype=np.float32)
    with (
        modes.using(sanitize=True),
        pytest.raises(IndexError, match=r"x\[3\] is out of bounds for 3"),
    ):
        doubled[1, 4](np.array([x.ctypes.data]), 3)
