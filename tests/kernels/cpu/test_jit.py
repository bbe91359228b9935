"""The launch itself: its shape, its arguments, its errors, several at once."""

import threading

import numpy as np
import pytest
from numba import cuda

from kernels.cpu import pool
from kernels.cpu.jit import jit


@jit
def copy(x, y):
    i = cuda.grid(1)
    if i < x.shape[0]:
        y[i] = x[i]


@pytest.mark.parametrize(
    "configuration, message",
    [
        ((0, 32), r"grid is 0; expected"),
        ((1, 1025), r"block is 1025; expected"),
        ((1, (32, 64)), r"block is \(32, 64\); expected at most 1024 threads"),
        ((1, (1, 1, 65)), r"block is \(1, 1, 65\); expected"),
        (((1, 65536), 32), r"grid is \(1, 65536\); expected"),
        (((1, 1, 1, 1), 32), r"grid is \(1, 1, 1, 1\); expected"),
        ((1, "32"), r"block is '32'; expected"),
        ((1.5, 32), r"grid is 1.5; expected"),
        (32, r"the launch is 32; expected \[grid, block\]"),
    ],
)
def test_a_launch_no_gpu_would_take_is_refused(configuration, message):
    with pytest.raises((TypeError, ValueError), match=message):
        copy[configuration]


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="copy takes 2 arguments; 1 were given"):
        copy[1, 1](np.zeros(1))


@pytest.mark.parametrize("bad", [None, "text", [1, 2], {}])
def test_an_argument_no_kernel_takes(bad):
    with pytest.raises(TypeError, match="expected a NumPy array, a number, or a tuple"):
        copy[1, 1](np.zeros(1), bad)


def test_a_kernel_returns_nothing():
    @jit
    def returns(x):
        return x[0]

    with pytest.raises(TypeError, match="returns returns float64; a kernel returns nothing"):
        returns[1, 1](np.zeros(1))


def test_a_device_function_is_not_launched():
    @jit(device=True)
    def helper(x):
        return x

    with pytest.raises(TypeError, match="helper is a device function: call it from a kernel"):
        helper(1)


@jit
def every_kind(a, b, c, d, e, f, g, out):
    out[0], out[1], out[2], out[3] = a, b, c, d
    out[4] = e[0] + e[1]
    out[5] = f[0, 1, 2]
    out[6] = g[0] + g[1][1]


def test_every_kind_of_argument_arrives():
    box = np.arange(24, dtype=np.int16).reshape(2, 3, 4)
    out = np.zeros(7)
    arguments = -7, 2.5, True, np.float32(0.5), (np.uint32(2**32 - 1), np.uint32(1)), box
    every_kind[1, 1](*arguments, (1.5, (np.int8(3), np.int8(-4))), out)
    assert out.tolist() == [-7, 2.5, 1, 0.5, 2**32, 6, -2.5]


def test_strided_and_reversed_arrays():
    x = np.arange(40.0)
    for view in (x[::3], x[::-1], x.reshape(8, 5)[:, 2], x[3:4]):
        y = np.zeros((view.size, 2))[:, 1]
        copy[1, 64](view, y)
        assert (y == view).all()


def test_a_read_only_array_is_an_input_like_any_other():
    x = np.arange(4.0)
    x.flags.writeable = False
    copy[1, 4](x, y := np.zeros(4))
    assert (y == x).all()


def test_several_python_threads_launch_at_once():
    x = np.arange(5000.0)
    outputs = [np.zeros(5000) for _ in range(4)]

    def work(y):
        for _ in range(20):
            y[:] = 0
            copy[20, 256](x, y)

    threads = [threading.Thread(target=work, args=(y,)) for y in outputs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all((y == x).all() for y in outputs)


def test_an_error_on_any_core_is_raised_once_all_have_stopped():
    @jit(checked=True)
    def fails_late(x):
        i = cuda.grid(1)
        x[i] = 1

    with pytest.raises(IndexError, match=r"x\[20000\]|x\[2\d{4}\]"):
        fails_late[100, 256](np.zeros(20000))


def test_the_number_of_cores_is_checked(monkeypatch):
    monkeypatch.setenv("CROSSCHECK_THREADS", "none")
    with pytest.raises(ValueError, match="CROSSCHECK_THREADS is 'none'"):
        pool.cores()
    monkeypatch.setenv("CROSSCHECK_THREADS", "3")
    assert pool.cores() == 3
