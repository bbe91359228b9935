"""Ctrl-C, and any signal handler of Python's, in a launch that takes long or never ends."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import numba
import numpy as np
import pytest
from numba import cuda
from numba.cuda import cg

from crosscheck.kernels.cpu import jit, modes
from crosscheck.kernels.cpu.machine import pool, signals

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _two_cores(monkeypatch):
    monkeypatch.setattr(pool, "cores", lambda: 2)


@jit
def barriers(x):
    for k in range(2_000_000_000):
        cuda.syncthreads()
        x[cuda.grid(1)] += k


@jit
def no_barrier(x):
    n = 0
    while x[0] >= 0:
        n += 1
    x[0] = n


@jit
def no_memory(x):
    i = 1
    while i != 0:
        i = i * 5 + 2 | 1
    x[1] = i


@jit
def mathematics(x):
    while x[0] < 5:
        x[cuda.grid(1)] = np.sin(np.cos(np.tanh(x[cuda.grid(1)])))


@jit
def grid_barriers(x):
    grid = cg.this_grid()
    while x[0] >= 0:
        grid.sync()


@jit
def a_lock(x):
    cuda.syncthreads()
    while cuda.atomic.max(x, 0, 1) >= 0:
        x[cuda.grid(1) + 1] += 0


@jit
def printing(x):
    while x[0] >= 0:
        print("still here")


@pytest.fixture(autouse=True, scope="module")
def _everything_is_compiled(check_that_launches_work):
    """What is interrupted below is a launch, not the compiler."""
    for sanitize in (False, True):
        with modes.using(sanitize=sanitize):
            check_that_launches_work()
            no_barrier[1, 1](np.array([-1.0]))
            grid_barriers[1, 1](np.array([-1.0]))


def seconds_to_interrupt(kernel, grid, block, after=0.2):
    """Send a Ctrl-C to the launch; return how long it went on."""
    x = np.zeros(grid * block + 1)
    kernel.compile((numba.typeof(x),))
    sent = []

    def send():
        sent.append(time.monotonic())
        os.kill(os.getpid(), signal.SIGINT)

    threading.Timer(after, send).start()
    with pytest.raises(KeyboardInterrupt):
        kernel[grid, block](x)
    return time.monotonic() - sent[0]


@pytest.mark.parametrize(
    "kernel, grid, block",
    [
        (barriers, 1, 64),
        (barriers, 100, 1024),
        (no_barrier, 1, 1),
        (no_barrier, 100, 1024),
        (no_memory, 1, 1),
        (mathematics, 100, 1024),
        (grid_barriers, 8, 32),
        (a_lock, 100, 1024),
    ],
    ids=lambda item: getattr(item, "__name__", item),
)
def test_ctrl_c_ends_the_launch_and_the_next_is_right(
    check_that_launches_work, kernel, grid, block
):
    for after in (0.2, 0.02):
        assert seconds_to_interrupt(kernel, grid, block, after) < 3  # a tenth on an idle machine
        check_that_launches_work()


def test_a_kernel_that_prints_is_left_outside_printf(capfd, check_that_launches_work):
    assert seconds_to_interrupt(printing, 1, 1) < 3
    assert "still here" in capfd.readouterr().out
    assert seconds_to_interrupt(printing, 1, 1) < 3  # the C library's lock is free
    check_that_launches_work()


def test_under_the_sanitizer(check_that_launches_work):
    with modes.using(sanitize=True):
        assert seconds_to_interrupt(barriers, 4, 64) < 3
    check_that_launches_work()


def test_a_handler_that_does_not_raise_runs_meanwhile_and_the_launch_goes_on(
    check_that_launches_work,
):
    @jit
    def waits(x, go):
        cuda.syncthreads()
        while cuda.atomic.add(x, cuda.threadIdx.x, 1) >= 0 and go[0] == 0:
            pass

    x, go, ran_in = np.zeros(64, np.int64), np.zeros(1, np.int64), []

    def handler(number, frame):
        ran_in.append(threading.current_thread())
        check_that_launches_work()  # a launch within a launch
        go[0] = 1

    waits.compile((numba.typeof(x), numba.typeof(go)))
    before = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.2)
        waits[1, 64](x, go)
    finally:
        signal.signal(signal.SIGALRM, before)
    assert ran_in == [threading.main_thread()]
    assert (x > 0).all()


def test_values_are_right_where_it_was_interrupted_a_thousand_times():
    @jit
    def recurrence(x, rounds):
        i = cuda.grid(1)
        total = x[i]
        for _ in range(rounds):
            total = total * 1.25 % 7 + 0.5
            cuda.syncwarp()
        x[i] = total

    x = np.arange(64.0)
    expected = x.copy()
    recurrence[1, 64](expected, 100_000)
    count = []
    before = signal.signal(signal.SIGALRM, lambda *_: count.append(1))
    stop = threading.Event()

    def pokes():
        while not stop.is_set():
            signals.poke(threading.main_thread().native_id)
            time.sleep(0.0001)

    poker = threading.Thread(target=pokes)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.01, 0.0005)
        poker.start()
        while len(count) < 1000:
            x = np.arange(64.0)
            recurrence[1, 64](x, 100_000)
            assert (x == expected).all()
    finally:
        stop.set()
        poker.join()
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_launch_on_another_thread_leaves_signals_to_the_main_thread():
    @jit
    def waits(x):
        while cuda.atomic.add(x, 0, 1) >= 0 and x[1] == 0:
            pass

    x = np.zeros(2, np.int64)
    waits.compile((numba.typeof(x),))
    ended = threading.Event()

    def launch():
        waits[1, 1](x)
        ended.set()

    threading.Thread(target=launch).start()
    threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        ended.wait(30)
    assert not ended.is_set()
    x[1] = 1
    assert ended.wait(30)


def test_a_script_is_interrupted(tmp_path):
    source = """
        import numpy as np
        from numba import cuda

        @cuda.jit
        def wait(x, rounds):
            for k in range(rounds):
                cuda.syncthreads()
                x[cuda.grid(1)] += k

        x = np.zeros(64)
        wait[1, 64](x, 1)
        print("compiled", flush=True)
        wait[1, 64](x, 2_000_000_000)
    """
    script = tmp_path / "wait.py"
    script.write_text(textwrap.dedent(source))
    command = [sys.executable, "-m", "crosscheck.kernels.cpu", str(script)]
    paths = {"PYTHONPATH": str(ROOT)}
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    with subprocess.Popen(command, env=os.environ | paths, **pipes) as process:
        process.stdout.readline()
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        try:
            _, shown = process.communicate(timeout=10)
        finally:
            process.kill()
    assert process.returncode == 130
    assert shown.splitlines()[-1] == "KeyboardInterrupt"
