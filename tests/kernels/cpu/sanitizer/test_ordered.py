"""Idioms that order memory: the sanitizer must say nothing, in any order of threads."""

import numpy as np
import pytest
from numba import cuda, float32, int32

from crosscheck.kernels.cpu import jit, modes

sanitized = jit(sanitize=True)


@sanitized
def two_buffers_and_one_barrier(x, out):
    tiles = cuda.shared.array((2, 64), float32)
    t = cuda.threadIdx.x
    total = float32(0)
    for step in range(x.shape[0]):
        tiles[step % 2, t] = x[step, t]
        cuda.syncthreads()
        total += tiles[step % 2, 63 - t]
    out[cuda.blockIdx.x, t] = total


@sanitized
def tree_in_a_warp(x, out):
    tree = cuda.shared.array(32, float32)
    lane = cuda.laneid
    tree[lane] = x[lane]
    cuda.syncwarp()
    step = 16
    while step:
        if lane < step:
            tree[lane] += tree[lane + step]
        cuda.syncwarp()
        step //= 2
    out[cuda.blockIdx.x, lane] = tree[0]


@sanitized
def halves_that_pass_it_on(x, out):
    """Lane 0 to lanes 0 to 15, and lane 15 to the rest: no syncwarp joins lane 0 and lane 31."""
    value = cuda.shared.array(1, float32)
    lane = cuda.laneid
    if lane == 0:
        value[0] = x[0]
    if lane < 16:
        cuda.syncwarp(0x0000FFFF)
    if lane >= 15:
        cuda.syncwarp(0xFFFF8000)
    out[cuda.blockIdx.x, lane] = value[0]


@sanitized
def barriers_that_count(x, out):
    tile = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    tile[t] = x[t]
    if cuda.syncthreads_or(1):
        out[cuda.blockIdx.x, t] = tile[63 - t]


@sanitized
def lock_of_a_block(lock, out):
    total = cuda.shared.array(1, int32)
    inner = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        total[0] = 0
        inner[0] = 0
    cuda.syncthreads()
    while cuda.atomic.cas(inner, 0, 0, 1) != 0:
        pass
    total[0] += 1
    cuda.threadfence_block()
    cuda.atomic.exch(inner, 0, 0)
    cuda.syncthreads()
    out[cuda.blockIdx.x, t] = total[0]


@sanitized
def lock_of_the_grid(lock, out):
    while cuda.atomic.cas(lock, 0, 0, 1) != 0:
        pass
    out[0, 0] += 1
    cuda.threadfence()
    cuda.atomic.exch(lock, 0, 0)


@sanitized
def flag_after_a_fence(flag, out):
    t = cuda.threadIdx.x
    if cuda.blockIdx.x == 0:
        out[0, t] = t
        cuda.syncthreads()
        if t == 0:
            cuda.threadfence()
            cuda.atomic.exch(flag, 0, 1)
    else:
        if t == 0:
            while cuda.atomic.add(flag, 0, 0) == 0:
                pass
        cuda.syncthreads()
        out[1, t] = out[0, t]


@sanitized
def steps_of_the_grid(x, out):
    grid = cuda.cg.this_grid()
    i, n = cuda.grid(1), cuda.gridsize(1)
    for step in range(3):
        x[step + 1, i] = x[step, (i + 1) % n]
        grid.sync()
    out[cuda.blockIdx.x, cuda.threadIdx.x] = x[3, n - 1 - i]


@sanitized
def a_fence_and_a_counter_for_each_thread(x, out):
    count = cuda.shared.array(1, int32)
    t = cuda.threadIdx.x
    if t == 0:
        count[0] = 0
    cuda.syncthreads()
    out[cuda.blockIdx.x, t] = 1
    cuda.threadfence_block()
    if cuda.atomic.add(count, 0, 1) == cuda.blockDim.x - 1:
        for k in range(cuda.blockDim.x):
            out[cuda.blockIdx.x, k] += 1


SILENT = [
    (two_buffers_and_one_barrier, (2, 64), (3, 64)),
    (tree_in_a_warp, (2, 32), 32),
    (halves_that_pass_it_on, (2, 32), 32),
    (barriers_that_count, (2, 64), 64),
    (lock_of_a_block, (2, 48), 1),
    (lock_of_the_grid, (2, 8), 1),
    (steps_of_the_grid, (2, 16), (4, 32)),
    (a_fence_and_a_counter_for_each_thread, (2, 40), 1),
]


@pytest.mark.parametrize("seed", [None, 1])
@pytest.mark.parametrize(("kernel", "launch", "shape"), SILENT)
def test_nothing_is_reported(kernel, launch, shape, seed):
    with modes.using(seed=seed):
        kernel[launch](np.zeros(shape, np.int32), np.zeros((2, 64), np.float32))


def test_a_flag_that_an_earlier_block_raises():
    flag_after_a_fence[2, 64](np.zeros(1, np.int32), np.zeros((2, 64), np.float32))
