"""Fibers and the scheduler: what survives a barrier, and what a barrier orders."""

import numpy as np
import pytest
from numba import cuda, float32, float64

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.launch import failures, launch
from crosscheck.kernels.cpu.machine import layout
from crosscheck.kernels.cpu.scheduler import blocks


@jit
def reverse(x):
    shared = cuda.shared.array(256, float32)
    t = cuda.threadIdx.x
    shared[t] = x[cuda.grid(1)]
    cuda.syncthreads()  # every element is in shared memory before any is read
    x[cuda.grid(1)] = shared[cuda.blockDim.x - 1 - t]


@pytest.mark.parametrize("threads", [1, 2, 31, 32, 33, 255, 256])
def test_barrier_orders_writes_before_reads(threads):
    x = np.arange(3 * threads, dtype=np.float32)
    reverse[3, threads](x)
    assert (x.reshape(3, -1) == np.arange(3 * threads).reshape(3, -1)[:, ::-1]).all()


@jit
def many_values(x, out):
    """Hold many integers, floats and a vector across a barrier: all registers must survive."""
    i = cuda.grid(1)
    a, b, c, d = x[i], x[i] + 1, x[i] + 2, x[i] + 3
    e, f, g, h = x[i] * 2, x[i] * 3, x[i] * 4, x[i] * 5
    j, k, m, n = i + 1, i + 2, i + 3, i + 4
    p, q, r, s = i * 2, i * 3, i * 5, i * 7
    local = cuda.local.array(16, float64)
    for v in range(16):
        local[v] = x[i] * v
    cuda.syncthreads()
    total = a + b + c + d + e + f + g + h
    number = j + k + m + n + p + q + r + s
    cuda.syncthreads()
    for v in range(16):
        total += local[v]
    out[i] = total + number


def test_every_register_survives_a_barrier():
    x = np.arange(512, dtype=np.float64)
    out = np.zeros(512)
    many_values[4, 128](x, out)
    i = np.arange(512)
    assert (out == (4 * x + 6 + 14 * x + 120 * x) + (4 * i + 10 + 17 * i)).all()


@jit(device=True)
def shifted(shared, t, n):
    cuda.syncthreads()
    value = shared[(t + 1) % n]
    cuda.syncthreads()
    return value


@jit
def rotate(x, times):
    shared = cuda.shared.array(64, float32)
    t = cuda.threadIdx.x
    value = x[t]
    for _ in range(times):
        shared[t] = value
        value = shifted(shared, t, x.shape[0])
    x[t] = value


def test_barriers_in_a_device_function_and_a_loop():
    x = np.arange(64, dtype=np.float32)
    rotate[1, 64](x, 5)
    assert (x == np.roll(np.arange(64), -5)).all()


@jit
def early_exit(x):
    if cuda.threadIdx.x >= 5:
        return
    cuda.syncthreads()
    x[cuda.threadIdx.x] = 1


def test_threads_that_have_returned_are_not_waited_for():
    x = np.zeros(8)
    early_exit[1, 8](x)
    assert x.tolist() == [1] * 5 + [0] * 3


def test_synccheck_requires_every_thread_at_the_barrier():
    checked = jit(early_exit.py_func, sanitize="synccheck")
    line = early_exit.py_func.__code__.co_firstlineno + 4
    expected = (
        rf"early_exit: .*thread \(0, 0, 0\) and 4 more wait at .*barriers.py:{line}; .* and 2"
    )
    with pytest.raises(failures.BarrierError, match=expected):
        checked[1, 8](np.zeros(8))


def test_threads_that_wait_for_one_that_never_comes_are_named():
    @jit
    def stuck(x):
        if cuda.threadIdx.x == 1:
            cuda.syncwarp(7)
        else:
            cuda.syncthreads()

    first = stuck.py_func.__code__.co_firstlineno
    places = rf"syncthreads\(\), test_barriers.py:{first + 5}; .*0x00000007, .*.py:{first + 3}"
    with pytest.raises(failures.BarrierError, match=places):
        stuck[1, 64](np.zeros(64))


@jit
def spins(flag):
    while cuda.atomic.cas(flag, 0, 1, 2) != 1:
        cuda.nanosleep(100)


def test_a_thread_that_polls_yields_to_others():
    """However it looks at the flag, thread 0 must not keep from running who raises it."""

    @jit
    def handshakes(flags, real, bits, out):
        if cuda.threadIdx.x == 0:
            while cuda.atomic.cas(flags, 0, 1, 2) != 1:
                pass
            while cuda.atomic.add(flags, 1, 0) == 0:
                pass
            while cuda.atomic.sub(real, 0, 0.0) == 0:
                pass
            while cuda.atomic.xor(flags, 2, 0) == 0:
                pass
            while cuda.atomic.max(flags, 3, 0) == 0:
                pass
            while cuda.atomic.or_(bits, 0, 8) == 8:
                pass
            while cuda.atomic.and_(bits, 1, 3) == 0:
                pass
            while cuda.ldcv(flags, 4) == 0:
                pass
            while flags[5] == 0:
                cuda.threadfence_block()
            out[0] = 5
        else:
            cuda.atomic.add(flags, 0, 1)
            for flag in range(1, 6):
                cuda.nanosleep(1)
                cuda.atomic.exch(flags, flag, 1)
            cuda.atomic.add(real, 0, 1)
            cuda.atomic.exch(bits, 0, 0)
            cuda.atomic.exch(bits, 1, 1)

    flags, real, out = np.zeros(6, np.int32), np.zeros(1, np.float32), np.zeros(1)
    bits = np.array([8, 0], np.uint32)
    handshakes[1, 2](flags, real, bits, out)
    assert flags.tolist() == [2, 1, 1, 1, 1, 1] and out[0] == 5
    assert real[0] == 1 and bits.tolist() == [8, 1]


def test_an_atomic_that_counts_needs_no_stacks():
    @jit
    def count(x):
        cuda.atomic.add(x, 0, 1)
        cuda.atomic.sub(x, 1, 2)

    count[1, 32](np.zeros(2))
    assert not next(iter(count.overloads.values())).program.fiber_per_thread


@pytest.mark.parametrize("seed", [None, 1, 2])
def test_a_lock_that_a_waiting_thread_holds(seed):
    @jit(seed=seed)
    def count(lock, out):
        while cuda.atomic.exch(lock, 0, 1) == 1:
            pass
        old = out[0]
        cuda.nanosleep(10)  # others run meanwhile, and find the lock taken
        out[0] = old + 1
        cuda.threadfence()
        cuda.atomic.exch(lock, 0, 0)

    lock, out = np.zeros(1, np.int32), np.zeros(1)
    count[4, 64](lock, out)
    assert out[0] == 256


def test_polling_forever_is_an_error(monkeypatch):
    monkeypatch.setattr(blocks, "PATIENCE", 1000)
    launch.scheduler_entry.cache_clear()
    try:
        with pytest.raises(failures.BarrierError, match="spins: .* polled memory for seconds"):
            spins[1, 1](np.zeros(1, np.int32))
    finally:
        launch.scheduler_entry.cache_clear()


@jit
def votes(x, out):
    t = cuda.threadIdx.x
    out[0, t] = cuda.syncthreads_count(x[t])
    out[1, t] = cuda.syncthreads_and(x[t])
    out[2, t] = cuda.syncthreads_or(x[t])


@pytest.mark.parametrize("yes", [0, 1, 39, 40])
def test_barriers_that_count(yes):
    x, out = np.zeros(40, np.int32), np.full((3, 40), -1)
    x[:yes] = 2  # not 0 is yes
    votes[1, 40](x, out)
    assert (out[0] == yes).all() and (out[1] == (yes == 40)).all() and (out[2] == (yes > 0)).all()


def test_a_barrier_does_not_count_threads_that_have_returned():
    @jit
    def count(out):
        t = cuda.threadIdx.x
        if t >= 30:
            return
        out[t] = cuda.syncthreads_count(1) + 100 * cuda.syncthreads_and(1)

    out = np.zeros(40)
    count[1, 40](out)
    assert out.tolist() == [130] * 30 + [0] * 10


def test_the_launch_after_an_error_is_correct():
    x = np.arange(8, dtype=np.float32)
    with pytest.raises(failures.BarrierError):
        jit(early_exit.py_func, sanitize="synccheck")[1, 8](np.zeros(8))
    reverse[1, 8](x)
    assert (x == np.arange(8)[::-1]).all()


@jit
def nothing(x):
    cuda.syncthreads()


def test_blocks_of_changing_shape_share_the_fibers():
    @jit
    def write(out):
        cuda.syncthreads()
        x, y = cuda.grid(2)
        out[y, x] = 10 * cuda.threadIdx.y + cuda.threadIdx.x

    for width, height in ((4, 8), (32, 2), (8, 4), (32, 32)):
        out = np.full((height, width), -1)
        write[1, (width, height)](out)
        y, x = np.indices(out.shape)
        assert (out == 10 * y + x).all()


def test_a_block_of_the_most_threads():
    nothing[2, layout.MAX_THREADS](np.zeros(1))
