"""A block without barriers is a loop that LLVM can vectorize."""

import re

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


def add_in_a_line(x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] += x[i]


def add_in_a_plane(x, y):
    column, row = cuda.grid(2)
    if row < x.shape[0] and column < x.shape[1]:
        y[row, column] += x[row, column]


def add_in_a_stack(x, y):
    column, row, plane = cuda.grid(3)
    if row < x.shape[1] and column < x.shape[2]:  # of `plane` the code asks behind a guard only
        y[plane, row, column] += x[plane, row, column]


def add_by_parts(x, y):
    i = cuda.blockIdx.x * cuda.blockDim.x + cuda.threadIdx.x
    if i < x.shape[0]:
        y[i] += x[i]


@pytest.mark.parametrize(
    ("kernel", "rank"),
    [(add_in_a_line, 1), (add_in_a_plane, 2), (add_in_a_stack, 3), (add_by_parts, 1)],
)
def test_neighbouring_threads_are_vectorized(optimised, kernel, rank):
    assert re.search(r"fadd <\d+ x float>", optimised(kernel, rank, rank))


def test_a_vector_fits_into_a_block_of_16(optimised):
    text = optimised(add_in_a_plane, 2, 2)
    turns = re.findall(r"%index\.next = add nuw i64 %index, (\d+)", text)
    assert turns and all(int(turn) <= 16 for turn in turns)


def test_threads_keep_their_order():
    def follow(x):
        i = cuda.threadIdx.x
        x[i + 1] = x[i] + 1  # a race on a GPU; here the threads of a block run by number

    x = np.zeros(65, np.int64)
    jit(follow)[1, 64](x)
    assert (x == np.arange(65)).all()


@pytest.mark.parametrize("block", [(1, 1, 1), (16, 1, 1), (17, 3, 2), (5, 16, 4), (1, 1, 64)])
def test_every_thread_knows_its_index_after_it_has_written(block):
    def write(out):
        x, y, z = cuda.threadIdx.x, cuda.threadIdx.y, cuda.threadIdx.z
        out[cuda.blockIdx.x, z, y, x, 0] = cuda.blockIdx.x
        out[cuda.blockIdx.x, z, y, x, 1] = cuda.threadIdx.x
        out[cuda.blockIdx.x, z, y, x, 2] = cuda.threadIdx.y
        out[cuda.blockIdx.x, z, y, x, 3] = cuda.threadIdx.z + 100 * cuda.blockDim.x

    out = np.full((3, *block[::-1], 4), -1, np.int64)
    jit(write)[3, block](out)
    b, z, y, x = np.indices(out.shape[:-1])
    assert (out == np.stack([b, x, y, z + 100 * block[0]], -1)).all()
