"""Barriers, warps and grids under debug: what waits for what, as in compiled code."""

import numpy as np
import pytest
from numba import float32, int32

from crosscheck.kernels.cpu import BarrierError, cuda, jit, modes

pytest.importorskip("greenlet")


def under_debug(kernel, grid, block, *arguments, **changes):
    with modes.using(debug=True, **changes):
        kernel[grid, block](*arguments)


@jit
def block_sum(x, y):
    tile = cuda.shared.array(8, float32)
    t = cuda.threadIdx.x
    tile[t] = x[cuda.grid(1)]
    cuda.syncthreads()
    half = 4
    while half > 0:
        if t < half:
            tile[t] += tile[t + half]
        cuda.syncthreads()
        half //= 2
    if t == 0:
        y[cuda.blockIdx.x] = tile[0]


def test_a_reduction_in_shared_memory(both):
    x = np.random.default_rng(0).random(24, np.float32)
    both(block_sum, 3, 8, x, np.zeros(3, np.float32))


def test_dynamic_shared_memory(both):
    @jit
    def reverse(x):
        tile = cuda.shared.array(0, float32)
        tile[cuda.threadIdx.x] = x[cuda.threadIdx.x]
        cuda.syncthreads()
        x[cuda.threadIdx.x] = tile[tile.size - 1 - cuda.threadIdx.x]

    both(reverse, 1, 8, np.arange(8, dtype=np.float32), shared=32)


def test_votes_of_the_block(both):
    @jit
    def votes(out):
        t = cuda.threadIdx.x
        out[t, 0] = cuda.syncthreads_count(t % 3)
        out[t, 1] = cuda.syncthreads_and(int(t < 40))
        out[t, 2] = cuda.syncthreads_or(int(t == 39))
        if t < 20:
            return
        out[t, 3] = cuda.syncthreads_count(1)  # no one waits for the threads that have returned

    both(votes, 2, 40, np.zeros((40, 4), np.int32))


def test_operations_of_a_warp(both):
    @jit
    def lanes(x, out):
        t = cuda.threadIdx.x
        full = 0xFFFFFFFF
        out[t, 0] = cuda.shfl_sync(full, x[t], 5)
        out[t, 1] = cuda.shfl_up_sync(full, x[t], 3)
        out[t, 2] = cuda.shfl_down_sync(full, x[t], 3)
        out[t, 3] = cuda.shfl_xor_sync(full, x[t], 6)
        out[t, 4] = cuda.ballot_sync(full, t % 3 == 0)
        out[t, 5] = cuda.match_any_sync(full, x[t])
        out[t, 6] = cuda.match_all_sync(full, x[t])[0] + cuda.all_sync(full, t >= 0)
        out[t, 7] = cuda.any_sync(full, t == 4) + 2 * cuda.eq_sync(full, t == 4)
        out[t, 8] = cuda.popc(cuda.lanemask_lt()) + 100 * cuda.laneid
        if t & 1:
            out[t, 9] = cuda.activemask()
            cuda.syncwarp(0xAAAAAAAA)
            out[t, 10] = cuda.shfl_sync(0xAAAAAAAA, x[t], 2)  # of a lane that takes no part

    both(lanes, 2, 48, np.arange(48, dtype=np.int32) % 5, np.zeros((48, 11), np.int64))


def test_a_barrier_of_the_grid(both):
    @jit
    def two_phases(x, y):
        i = cuda.grid(1)
        x[i] = i
        cuda.cg.this_grid().sync()
        y[i] = x[cuda.gridsize(1) - 1 - i]

    both(two_phases, 4, 8, np.zeros(32), np.zeros(32))


def test_a_block_that_waits_for_a_later_one_lets_it_run():
    @jit
    def hand_over(flag):
        if cuda.blockIdx.x == 0:
            while cuda.atomic.add(flag, 0, 0) == 0:
                pass
        else:
            cuda.atomic.exch(flag, 0, 1)

    flag = np.zeros(1, np.int32)
    under_debug(hand_over, 2, 1, flag)
    assert flag[0] == 1


def test_a_lock(both):
    @jit
    def count(lock, total):
        while cuda.atomic.cas(lock, 0, 0, 1) != 0:
            pass
        total[0] += 1
        cuda.atomic.exch(lock, 0, 0)

    both(count, 2, 40, np.zeros(1, np.int32), np.zeros(1, np.int32))


@jit
def missed(x):
    t = cuda.threadIdx.x
    if t < 4:
        cuda.syncthreads()
    else:
        cuda.syncwarp(0xFF)


@jit
def left_out(x):
    if cuda.threadIdx.x > 2:
        cuda.shfl_sync(1, x[0], 0)


@jit
def polls(x):
    while cuda.atomic.add(x, 0, 0) == 0:
        pass


@pytest.mark.parametrize("kernel", [missed, left_out])
def test_a_deadlock_is_the_error_of_compiled_code(kernel):
    messages = []
    for debug in (False, True):
        with modes.using(debug=debug), pytest.raises(BarrierError) as caught:
            kernel[1, 8](np.zeros(1, np.int32))
        messages.append(str(caught.value))
    assert "threads wait for others that never come" in messages[0]
    assert messages[1] == messages[0]


def test_polling_for_nothing_ends():
    with pytest.raises(
        BarrierError, match=r"polls: in block \(0, 0, 0\) its threads polled memory"
    ):
        under_debug(polls, 1, 1, np.zeros(1, np.int32))


def test_a_seed_shuffles_threads_and_blocks():
    @jit
    def order(out, place):
        out[cuda.atomic.add(place, 0, 1)] = cuda.grid(1)

    found = []
    for seed in (None, 1, 1, 2):
        out = np.zeros(64, np.int32)
        under_debug(order, 4, 16, out, np.zeros(1, np.int32), seed=seed)
        found.append(out.tolist())
    assert found[0] == list(range(64)) and sorted(found[1]) == found[0]
    assert found[1] == found[2] != found[3]


def test_an_error_ends_the_threads_that_wait():
    ended = []

    @jit
    def fails(x):
        try:
            cuda.syncthreads()
        finally:
            ended.append(cuda.threadIdx.x)

    @jit
    def first_fails(x):
        if cuda.threadIdx.x == 7:
            x[1] = 0
        cuda.syncthreads()

    with pytest.raises(IndexError) as caught:
        under_debug(first_fails, 1, 8, np.zeros(1))
    assert any("thread (7, 0, 0) of block (0, 0, 0)" in note for note in caught.value.__notes__)
    under_debug(fails, 1, 3, np.zeros(1))
    assert sorted(ended) == [0, 1, 2]


def test_a_large_launch_says_how_long_it_takes(monkeypatch):
    @jit
    def fill(x):
        x[cuda.grid(1)] = 1

    from crosscheck.kernels.cpu.debugger import grid

    monkeypatch.setattr(grid, "LARGE", 63)
    with pytest.warns(
        UserWarning, match="fill: 64 threads run in plain Python.* about 0 s"
    ) as told:
        under_debug(fill, 4, 16, np.zeros(64))
    assert told[0].filename == __file__


def test_shared_arrays_of_a_device_function_are_one(both):
    @jit(device=True)
    def first(value):
        box = cuda.shared.array(1, int32)
        if cuda.threadIdx.x == 0:
            box[0] = value
        cuda.syncthreads()
        return box[0]

    @jit
    def share(out):
        out[cuda.threadIdx.x] = first(cuda.threadIdx.x + 5)

    both(share, 1, 4, np.zeros(4, np.int32))
