"""Barriers of the whole grid."""

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import BarrierError, jit
from crosscheck.kernels.cpu.launch import launch
from crosscheck.kernels.cpu.machine import layout


@jit
def relay(x, rounds):
    """Every block adds what the next one had the round before."""
    grid = cuda.cg.this_grid()
    shared = cuda.shared.array(4, np.int64)
    t, b, blocks = cuda.threadIdx.x, cuda.blockIdx.x, cuda.gridDim.x
    for n in range(rounds):
        shared[t] = x[n, (b + 1) % blocks, t]
        cuda.syncthreads()
        x[n + 1, b, t] = x[n, b, t] + shared[3 - t]
        grid.sync()


@pytest.mark.parametrize("seed", [None, 5])
def test_blocks_see_what_others_wrote_before(seed):
    x = np.zeros((8, 6, 4), np.int64)
    x[0] = np.arange(24).reshape(6, 4)
    expected = x.copy()
    for n in range(7):
        expected[n + 1] = expected[n] + np.roll(expected[n], -1, axis=0)[:, ::-1]
    jit(relay.py_func, seed=seed)[6, 4](x, 7)
    assert (x == expected).all()


def test_twice_in_a_row():
    for blocks in (9, 3):
        x = np.ones((3, blocks, 4), np.int64)
        relay[blocks, 4](x, 2)
        assert (x[2] == 4).all()
    assert all(overload.cooperative for overload in relay.overloads.values())


def test_a_grid_that_is_too_large_is_refused():
    with pytest.raises(ValueError, match=f"257 blocks; expected at most {layout.MAX_RESIDENT}"):
        relay[layout.MAX_RESIDENT + 1, 4](np.zeros((1, 257, 4), np.int64), 0)


def test_a_thread_that_does_not_arrive():
    @jit
    def partial(x):
        if cuda.grid(1) == 3:
            cuda.syncwarp(1)
        cuda.cg.this_grid().sync()

    with pytest.raises(BarrierError, match=r"in block \(1, 0, 0\) .*grid.sync\(\)"):
        partial[2, 2](np.zeros(1))

    x = np.zeros((2, 2, 4), np.int64)
    for _ in range(2):  # the workers of the blocks that waited begin anew
        x[0] = 1
        relay[2, 4](x, 1)
        assert (x[1] == 2).all()


@jit
def chain(flags, out, first):
    """Each block waits for the next one's flag, between two barriers of the grid."""
    grid = cuda.cg.this_grid()
    b = cuda.blockIdx.x
    out[0, b] = cuda.threadIdx.x
    grid.sync()
    if cuda.threadIdx.x == 0 and b + first < cuda.gridDim.x:
        while cuda.atomic.add(flags, b + 1, 0) == 0:
            pass
    cuda.syncthreads()
    out[1, b] = out[0, (b + 1) % cuda.gridDim.x]
    cuda.threadfence()
    cuda.atomic.exch(flags, b, 1)
    grid.sync()
    out[2, b] = flags[cuda.gridDim.x - 1 - b]


def test_a_block_that_polls_yields_to_the_others():
    flags, out = np.zeros(5, np.int32), np.zeros((3, 5))
    chain[5, 2](flags, out, 1)
    assert out.tolist() == [[1] * 5, [1] * 5, [1] * 5]


def test_blocks_that_poll_forever_are_an_error(monkeypatch):
    monkeypatch.setattr(launch, "PATIENCE", 1 << 13)
    with pytest.raises(BarrierError, match=r"in block \(0, 0, 0\) its threads polled memory"):
        chain[5, 2](np.zeros(6, np.int32), np.zeros((3, 5)), 0)
    test_twice_in_a_row()
