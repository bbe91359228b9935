"""synccheck: barriers and warp operations whose threads do not all come, or come elsewhere."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import BarrierError, jit

synccheck = jit(sanitize="synccheck")

ALL = 0xFFFFFFFF
LOW, HIGH = 0x0000FFFF, 0xFFFF0000


def some_threads_return_early(fixed):
    @synccheck
    def kernel(x):
        if cuda.threadIdx.x >= 5 and not fixed:
            return
        cuda.syncthreads()  # here
        x[cuda.threadIdx.x] = 1

    return kernel, (1, 8), (np.zeros(8),)


def a_barrier_in_each_branch(fixed):
    @synccheck
    def kernel(x):
        t = cuda.threadIdx.x
        if t < 3 or fixed:
            cuda.syncthreads()  # here
        else:
            cuda.syncthreads()  # here
        x[t] = 1

    return kernel, (1, 8), (np.zeros(8),)


def a_loop_of_different_lengths(fixed):
    @synccheck
    def kernel(x):
        t = cuda.threadIdx.x
        for _ in range(3 if t < 32 or fixed else 2):
            cuda.syncthreads()  # here
        x[t] = 1

    return kernel, (1, 64), (np.zeros(64),)


def a_vote_of_one_warp(fixed):
    @synccheck
    def kernel(x):
        t = cuda.threadIdx.x
        if t < 32 or fixed:
            x[t] = cuda.syncthreads_count(t)  # here

    return kernel, (1, 64), (np.zeros(64),)


def a_barrier_and_a_vote(fixed):
    @synccheck
    def kernel(x):
        t = cuda.threadIdx.x
        if t % 2 == 0 or fixed:
            cuda.syncthreads()  # here
        else:
            x[t] = cuda.syncthreads_or(t)  # here

    return kernel, (1, 64), (np.zeros(64),)


@jit(device=True)
def barrier():
    cuda.syncthreads()


def a_barrier_in_a_device_function(fixed):
    @synccheck
    def kernel(x):
        if x[cuda.threadIdx.x] == 0 or fixed:
            barrier()

    return kernel, (1, 4), (np.arange(4),)


def syncwarp_with_a_lane_that_returned(fixed):
    @synccheck
    def kernel(x):
        lane = cuda.laneid
        if lane >= 16:
            return
        cuda.syncwarp(LOW if fixed else ALL)  # here
        x[lane] = 1

    return kernel, (1, 32), (np.zeros(32),)


def mask_without_its_caller(fixed):
    @synccheck
    def kernel(x):
        lane = cuda.laneid
        mask = HIGH if lane >= 16 and fixed else LOW
        x[lane] = cuda.shfl_sync(mask, lane, 0)  # here

    return kernel, (1, 32), (np.zeros(32),)


def shuffle_of_all_in_one_branch(fixed):
    @synccheck
    def kernel(x):
        lane = cuda.laneid
        if lane < 16:
            x[lane] = cuda.shfl_down_sync(LOW if fixed else ALL, lane, 1)  # here

    return kernel, (1, 32), (np.zeros(32),)


def masks_that_differ(fixed):
    @synccheck
    def kernel(x):
        lane = cuda.laneid
        mask = ALL if lane < 16 or fixed else HIGH
        x[lane] = cuda.ballot_sync(mask, lane > 3)  # here

    return kernel, (1, 32), (np.zeros(32),)


def a_shuffle_meets_a_syncwarp(fixed):
    @synccheck
    def kernel(x):
        lane = cuda.laneid
        if lane < 16 or fixed:
            x[lane] = cuda.shfl_xor_sync(ALL, lane, 1)  # here
        else:
            cuda.syncwarp()  # here

    return kernel, (1, 32), (np.zeros(32),)


def a_barrier_of_the_grid_for_some_threads(fixed):
    @synccheck
    def kernel(x):
        grid = cuda.cg.this_grid()
        if cuda.threadIdx.x < 4 or fixed:
            grid.sync()  # here
        x[cuda.grid(1)] = 1

    return kernel, (2, 8), (np.zeros(16),)


def a_barrier_of_the_grid_for_some_blocks(fixed):
    @synccheck
    def kernel(x):
        grid = cuda.cg.this_grid()
        if cuda.blockIdx.x == 0 or fixed:
            grid.sync()  # here
        x[cuda.grid(1)] = 1

    return kernel, (2, 8), (np.zeros(16),)


PLANTS = [
    (
        some_threads_return_early,
        "thread (0, 0, 0) and 4 more",
        "2 more have finished. It works on Volta and later",
        "CUDA does not promise that",
    ),
    (a_barrier_in_each_branch, "thread (0, 0, 0) and 2 more", "thread (3, 0, 0) and 4 more"),
    (a_loop_of_different_lengths, "thread (0, 0, 0) and 31 more", "finished"),
    (a_vote_of_one_warp, "cuda.syncthreads_count()", "finished"),
    (a_barrier_and_a_vote, "cuda.syncthreads()", "cuda.syncthreads_or()"),
    (a_barrier_in_a_device_function, "thread (0, 0, 0) waits at cuda.syncthreads()"),
    (syncwarp_with_a_lane_that_returned, "cuda.syncwarp() with mask 0xffffffff", "finished"),
    (
        mask_without_its_caller,
        "thread (16, 0, 0) and 15 more",
        "mask 0x0000ffff, which leaves them out",
    ),
    (shuffle_of_all_in_one_branch, "cuda.shfl_down_sync() with mask 0xffffffff", "finished"),
    (masks_that_differ, "with mask 0xffffffff"),
    (a_shuffle_meets_a_syncwarp, "cuda.shfl_xor_sync()", "cuda.syncwarp()"),
    (a_barrier_of_the_grid_for_some_threads, "grid.sync()", "finished"),
    (a_barrier_of_the_grid_for_some_blocks, "grid.sync()", "block (1, 0, 0) has finished"),
]


@pytest.mark.parametrize("plant", PLANTS, ids=lambda plant: plant[0].__name__)
def test_a_planted_divergence_is_named_and_its_cure_is_silent(check, plant):
    check(plant[0], BarrierError, *plant[1:])


ELSEWHERE = [a_barrier_in_each_branch, a_barrier_and_a_vote, syncwarp_with_a_lane_that_returned]


@pytest.mark.parametrize("plant", ELSEWHERE)
def test_volta_is_named_only_where_it_helps(plant):
    kernel, configuration, arguments = plant(fixed=False)
    with pytest.raises(BarrierError) as error:
        kernel[configuration](*arguments)
    assert "Volta" not in str(error.value)


@synccheck
def half_a_warp(x):
    cuda.syncwarp()
    x[cuda.laneid] = cuda.all_sync(ALL, 1)
    cuda.syncthreads()


def test_lanes_beyond_the_block_are_not_waited_for():
    x = np.zeros(16)
    half_a_warp[1, 16](x)
    assert (x == 1).all()
