"""The launch itself: its configuration, arguments and errors, and several at once."""

import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from numba import cuda, objmode

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.machine import pool

ROOT = Path(__file__).resolve().parents[4]


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
        (
            ((1, 1, 1, 1), 32),
            r"griddim must be a sequence of 1, 2 or 3 integers, got \[1, 1, 1, 1\]",
        ),
        ((1, "32"), r"blockdim must be a sequence of integers, got \['32'\]"),
        ((1.5, 32), r"griddim must be a sequence of integers, got \[1.5\]"),
        ((1, 32, 0, "4"), r"copy: shared_bytes is '4'; expected an integer"),
        (32, r"the launch is 32; expected \[grid, block\]"),
    ],
)
def test_a_launch_no_gpu_would_take_is_refused(configuration, message):
    with pytest.raises((TypeError, ValueError), match=message):
        copy[configuration]


def test_wrong_number_of_arguments():
    with pytest.raises(TypeError, match="copy takes 2 arguments; 1 were given"):
        copy[1, 1](np.zeros(1))


@pytest.mark.parametrize(
    "bad, given",
    [
        (None, "None, of type NoneType"),
        ("text", "'text', of type str"),
        ([1, 2], r"\[1, 2\], of type list"),
        ((1, {}), "{}, of type dict"),
        (2**64, "18446744073709551616, of type int"),
        (np.longdouble(1), ".*longdouble"),
        (np.array([None]), r"an array of \|O"),
    ],
)
def test_an_argument_no_kernel_takes(bad, given):
    name = copy.py_func.__code__.co_varnames[1]
    with pytest.raises(TypeError, match=rf"copy: argument 1 \({name}\) is {given}; expected a Num"):
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


BOX = np.arange(24, dtype=np.int16).reshape(2, 3, 4)


def test_every_kind_of_argument_arrives():
    out = np.zeros(7)
    arguments = -7, 2.5, True, np.float32(0.5), (np.uint32(2**32 - 1), np.uint32(1)), BOX
    every_kind[1, 1](*arguments, (1.5, (np.int8(3), np.int8(-4))), out)
    assert out.tolist() == [-7, 2.5, 1, 0.5, 2**32, 6, -2.5]


def test_strided_and_reversed_arrays():
    x = np.arange(40.0)
    for view in (x[::3], x[::-1], x.reshape(8, 5)[:, 2], x[3:4]):
        y = np.zeros((view.size, 2))[:, 1]
        copy[1, 64](view, y)
        assert (y == view).all()


def test_a_read_only_array_is_an_input_and_no_output():
    x = np.arange(4.0)
    x.flags.writeable = False
    copy[1, 4](x, y := np.zeros(4))
    assert (y == x).all()
    with pytest.raises(Exception, match="[Cc]annot .* readonly array"):
        copy[1, 4](y, x)


def test_the_type_of_an_integer_follows_its_value():
    out = np.zeros(9, np.uint64)
    for number in (5, 2**63, 7):
        every_kind[1, 1](number, 0, np.bool_(True), 0, (1, 1), BOX, (1, (1, 1)), out)
        assert out[0] == number


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
    @jit(sanitize="memcheck")
    def fails_late(x):
        i = cuda.grid(1)
        x[i] = 1

    with pytest.raises(IndexError, match=r"x\[20000\]|x\[2\d{4}\]"):
        fails_late[100, 256](np.zeros(20000))


def run_python(source, *arguments):
    """Run a script in a process of its own; return what it printed."""
    command = [sys.executable, "-c", textwrap.dedent(source), *arguments]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_first_launches_from_many_threads():
    source = """
        import threading
        import numpy as np
        from numba import cuda
        from crosscheck.kernels.cpu import jit

        def make(constant):
            @jit
            def kernel(x):
                cuda.syncthreads()
                x[cuda.grid(1)] += constant
            return kernel

        kernels = [make(constant) for constant in range(4)]
        start = threading.Barrier(8)
        outputs = [np.zeros(64) for _ in range(8)]

        def work(x):
            start.wait()
            for kernel in kernels:
                kernel[2, 32](x)

        threads = [threading.Thread(target=work, args=(x,)) for x in outputs]
        [thread.start() for thread in threads]
        [thread.join() for thread in threads]
        print(all((x == 6).all() for x in outputs))
    """
    for _ in range(3):  # the second finds the programs on disk, where the race was
        assert run_python(source) == "True\n"


def test_an_interrupt_waits_for_every_core():
    source = """
        import signal, threading, time
        import numpy as np
        from numba import cuda
        from crosscheck.kernels.cpu.machine import pool
        from crosscheck.kernels.cpu import jit

        @jit
        def count(x, rounds):
            for _ in range(rounds):
                cuda.atomic.add(x, cuda.blockIdx.x, 1)

        signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background has none
        pool.cores = lambda: 2
        x = np.zeros(2, np.int64)
        count[2, 1024](x, 1)
        threading.Timer(0.2, lambda: signal.raise_signal(signal.SIGINT)).start()
        try:
            while True:  # however fast this computer is, the signal comes meanwhile
                count[2, 1024](x, 100_000)
        except KeyboardInterrupt:
            pass
        before = x.copy()
        time.sleep(0.2)
        print((x == before).all())
    """
    assert run_python(source) == "True\n"


def test_a_forked_child_launches_on_all_its_cores():
    source = """
        import os
        import numpy as np
        from numba import cuda
        from crosscheck.kernels.cpu import jit

        @jit
        def fill(x):
            x[cuda.grid(1)] = 7

        x = np.zeros(64 * 256)
        fill[64, 256](x)
        child = os.fork()
        if child == 0:
            x[:] = 0
            fill[64, 256](x)
            os._exit(0 if (x == 7).all() else 1)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
    """
    assert run_python(source) == "0\n"


def test_python_in_a_kernel_is_refused():
    @jit
    def calls_python(x):
        with objmode():
            x.sort()

    with pytest.raises(Exception, match="objmode runs Python, which a kernel cannot"):
        calls_python[1, 1](np.zeros(1))


def test_the_number_of_cores_is_checked(monkeypatch):
    monkeypatch.setenv("CROSSCHECK_THREADS", "none")
    with pytest.raises(ValueError, match="CROSSCHECK_THREADS is 'none'"):
        pool.cores()
    monkeypatch.setenv("CROSSCHECK_THREADS", "3")
    assert pool.cores() == 3
