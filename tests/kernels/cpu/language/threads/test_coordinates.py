"""Coordinates of threads, in one to three dimensions."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def positions_1d(out):
    i = cuda.grid(1)
    out[i, 0] = cuda.threadIdx.x
    out[i, 1] = cuda.blockIdx.x
    out[i, 2] = cuda.blockDim.x
    out[i, 3] = cuda.gridDim.x
    out[i, 4] = cuda.gridsize(1)


def test_one_dimension():
    out = np.full((12, 5), -1)
    positions_1d[3, 4](out)
    i = np.arange(12)
    assert (out[:, 0] == i % 4).all() and (out[:, 1] == i // 4).all()
    assert (out[:, 2:] == (4, 3, 12)).all()


@jit
def count_2d(out):
    x, y = cuda.grid(2)
    width, height = cuda.gridsize(2)
    out[y, x] += 1 + 10 * width + 1000 * height


def test_two_dimensions_visit_every_element_once_x_fastest():
    out = np.zeros((6, 8), np.int64)
    count_2d[(2, 3), (4, 2)](out)
    assert (out == 1 + 10 * 8 + 1000 * 6).all()


@jit
def positions_3d(out):
    x, y, z = cuda.grid(3)
    out[z, y, x] = (
        cuda.threadIdx.x
        + 10 * cuda.threadIdx.y
        + 100 * cuda.threadIdx.z
        + 1000 * cuda.blockIdx.x
        + 10000 * cuda.blockIdx.y
        + 100000 * cuda.blockIdx.z
        + 1000000 * cuda.gridsize(3)[2]
    )


@jit
def positions_3d_with_barrier(out):
    cuda.syncthreads()
    x, y, z = cuda.grid(3)
    cuda.syncthreads()
    out[z, y, x] = (
        cuda.threadIdx.x
        + 10 * cuda.threadIdx.y
        + 100 * cuda.threadIdx.z
        + 1000 * cuda.blockIdx.x
        + 10000 * cuda.blockIdx.y
        + 100000 * cuda.blockIdx.z
        + 1000000 * cuda.gridsize(3)[2]
    )


@pytest.mark.parametrize("kernel", [positions_3d, positions_3d_with_barrier])
def test_three_dimensions(kernel):
    grid, block = (2, 3, 2), (4, 2, 3)
    out = np.full((6, 6, 8), -1)
    kernel[grid, block](out)
    z, y, x = np.indices(out.shape)
    threads = x % 4 + 10 * (y % 2) + 100 * (z % 3)
    blocks = 1000 * (x // 4) + 10000 * (y // 2) + 100000 * (z // 3)
    assert (out == threads + blocks + 6000000).all()


@jit
def typed(out):
    out[0] = np.int32(2147483647) + cuda.blockDim.x  # int32 + int32 is an int64
    out[1] = np.int32(cuda.grid(1)) - cuda.gridsize(1)


def test_arithmetic_on_coordinates_promotes_to_int64_as_in_numba_cuda():
    out = np.zeros(2, np.int64)
    typed[1, 1](out)
    assert out.tolist() == [2147483648, -1]


def test_grid_takes_one_to_three():
    @jit
    def four(out):
        out[0] = cuda.grid(4)[0]

    with pytest.raises(Exception, match="1, 2 or 3"):
        four[1, 1](np.zeros(1))
