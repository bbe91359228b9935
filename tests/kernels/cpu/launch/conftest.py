"""For launches that went wrong: whether the next one is right."""

import numpy as np
import pytest
from numba import cuda, float64

from crosscheck.kernels.cpu import jit


@jit
def reverse(x, y):
    tile = cuda.shared.array(64, float64)
    tile[cuda.threadIdx.x] = x[cuda.grid(1)]
    cuda.syncthreads()
    y[cuda.grid(1)] = tile[63 - cuda.threadIdx.x] + 1


@pytest.fixture(scope="session")
def check_that_launches_work():
    """Launch a kernel with barriers, on one core and on all, and look at every result."""

    def check():
        for blocks in (1, 64):
            values, out = np.arange(64.0 * blocks), np.zeros(64 * blocks)
            reverse[blocks, 64](values, out)
            assert (out.reshape(blocks, 64) == values.reshape(blocks, 64)[:, ::-1] + 1).all()

    return check
