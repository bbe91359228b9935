"""Arrays over the memory that a pointer points to."""

import numpy as np
import pytest
from numba import carray, cuda, farray, types

from crosscheck.kernels.cpu import jit


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
