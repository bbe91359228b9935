"""Atomic operations on a block's own memory: the same results as on global memory."""

import operator

import numpy as np
import pytest
from numba import cuda, float32, int32, int64

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.machine import layout

THREADS = 70

OPERATIONS = [
    (name, dtype)
    for name, dtypes in {
        "add": (int32, int64, float32),
        "sub": (int32, int64, float32),
        "and_": (int32, int64),
        "or_": (int32, int64),
        "xor": (int32, int64),
    }.items()
    for dtype in dtypes
]


@pytest.mark.parametrize("name, dtype", OPERATIONS)
def test_shared_and_local_arrays(name, dtype):
    operation = getattr(cuda.atomic, name)

    def kernel(values, shared_old, shared_end, local_old, local_end):
        t = cuda.threadIdx.x
        shared = cuda.shared.array(3, dtype)
        local = cuda.local.array(3, dtype)
        for place in range(3):
            local[place] = 85
            if t == 0:
                shared[place] = 85
        cuda.syncthreads()
        shared_old[t] = operation(shared, 1, values[t])
        local_old[t] = operation(local, 1, values[t])
        cuda.syncthreads()
        for place in range(3):
            local_end[t, place] = local[place]
            shared_end[t, place] = shared[place]

    numpy_dtype = np.dtype(str(dtype))
    values = np.random.default_rng(0).integers(0, 128, THREADS).astype(numpy_dtype)
    shared_old, local_old = np.zeros((2, THREADS), numpy_dtype)
    shared_end, local_end = np.zeros((2, THREADS, 3), numpy_dtype)
    jit(kernel)[1, THREADS](values, shared_old, shared_end, local_old, local_end)

    python = getattr(operator, name)
    expected = [numpy_dtype.type(85)]
    for value in values:  # threads by number
        expected.append(python(expected[-1], value))
    assert (shared_old == expected[:-1]).all()
    assert (shared_end == [85, expected[-1], 85]).all()
    assert (local_old == 85).all()
    assert (local_end[:, 1] == python(numpy_dtype.type(85), values)).all()
    assert (local_end[:, ::2] == 85).all()


def test_the_dynamic_shared_array_of_many_blocks():
    def kernel(x, counts):
        own = cuda.shared.array(0, int32)
        t = cuda.threadIdx.x
        own[t] = 0
        cuda.syncthreads()
        for i in range(cuda.grid(1), x.shape[0], cuda.gridsize(1)):
            cuda.atomic.add(own, x[i], 1)
        cuda.syncthreads()
        cuda.atomic.add(counts, t, own[t])

    x = np.random.default_rng(0).integers(0, 64, 100_000, np.int32)
    counts = np.zeros(64, np.int32)
    jit(kernel)[40, 64, 0, 64 * 4](x, counts)
    assert (counts == np.bincount(x, minlength=64)).all()


def test_global_memory_keeps_its_lock(optimised):
    def add(x):
        cuda.atomic.add(x, 0, float32(1))

    text = optimised(add, 1)
    assert " atomicrmw fadd " in text
    assert f", {layout.ARENA}\n" in text  # what the address is compared with
