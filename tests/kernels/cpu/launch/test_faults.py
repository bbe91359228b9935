"""A crash in a kernel is an exception that says what to do, and the process goes on."""

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest
from numba import cuda, float32, int64
from numba.cuda import cg

from crosscheck.kernels.cpu import KernelFault, jit
from crosscheck.kernels.cpu.machine import pool

ROOT = Path(__file__).resolve().parents[4]
FAR = 10_000_000_000


@jit
def far(x):
    x[cuda.grid(1) + FAR] = 1


@jit(device=True)
def deep(x, n):
    if n == 0:
        x[FAR] = 1
        return 0
    return deep(x, n - 1) + 1


@jit
def in_a_device_function(x):
    cuda.syncthreads()
    x[0] = deep(x, 20)


@jit
def on_a_grid_barrier(x):
    grid = cg.this_grid()
    grid.sync()
    if cuda.blockIdx.x == 5:
        x[FAR] = 1
    grid.sync()


@jit
def in_memset(x):
    for i in range(x.size):
        x[FAR + i] = 0


@jit
def beyond_shared_memory(x):
    tile = cuda.shared.array(32, float32)
    tile[cuda.threadIdx.x] = 1
    cuda.syncthreads()
    tile[x.size * 100_000_000] = 1  # as large as that: nearer memory may exist
    x[0] = tile[3]


@jit
def over_its_own_stack(x):
    own = cuda.local.array(4, int64)
    for i in range(x.size):
        own[i] = 12345
    cuda.syncthreads()
    x[0] = own[int(x[1])]


@jit
def after_printing(x):
    print(cuda.threadIdx.x)
    x[FAR] = 1


KINDS = [
    (far, 1, 32),
    (far, 1000, 64),
    (in_a_device_function, 3, 32),
    (in_a_device_function, 1000, 64),
    (on_a_grid_barrier, 8, 32),
    (in_memset, 1, 1),
    (beyond_shared_memory, 2, 32),
    (over_its_own_stack, 2, 4),
    (after_printing, 1, 2),
]


@pytest.mark.parametrize(
    "kernel, grid, block", KINDS, ids=lambda item: getattr(item, "__name__", item)
)
def test_a_crash_is_an_exception_and_the_next_launch_is_right(
    monkeypatch, check_that_launches_work, kernel, grid, block
):
    monkeypatch.setattr(pool, "cores", lambda: 2)
    x = np.zeros(4096)
    for _ in range(20):
        with pytest.raises(KernelFault, match=f"{kernel.__name__}: segmentation fault"):
            kernel[grid, block](x)
        check_that_launches_work()


def test_it_names_the_kernel_the_grid_the_thread_and_the_sanitizer():
    @jit
    def one(x):
        cuda.syncthreads()
        if cuda.blockIdx.x == 3 and cuda.threadIdx.x == 7:
            x[FAR] = 1
        cuda.syncthreads()

    x = np.zeros(8)
    with pytest.raises(KernelFault) as caught:
        one[5, 32](x)
    text = str(caught.value)
    assert f"at address {x.ctypes.data + 8 * FAR:#x}" in text
    assert "thread (7, 0, 0) of block (3, 0, 0)" in text
    assert "grid (5, 1, 1), block (32, 1, 1)" in text
    assert "--sanitize" in text
    with pytest.raises(IndexError, match=rf"x\[{FAR}\] is out of bounds"):
        jit(one.py_func, sanitize=True)[5, 32](x)


def test_a_block_that_waits_for_one_that_crashed_is_left(monkeypatch):
    @jit
    def locked(x, lock):
        cuda.syncthreads()
        if cuda.blockIdx.x == 1:
            x[FAR] = 1
        while cuda.atomic.cas(lock, 0, 1, 1) == 0:
            lock[cuda.blockIdx.x + 1] += 1  # not only polling

    monkeypatch.setattr(pool, "cores", lambda: 2)
    with pytest.raises(KernelFault):
        locked[2, 1024](np.zeros(8), np.zeros(8, np.int64))


def run(*arguments, folder=ROOT):
    paths = {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | paths,
    )


def test_under_pytest_a_test_fails_and_the_others_run(tmp_path):
    source = """
        import numpy as np
        from numba import cuda
        from crosscheck.kernels.cpu import jit

        @jit
        def write(x, where):
            x[cuda.grid(1) + where] = 1

        def test_before():
            write[1, 4](np.zeros(4), 0)

        def test_crash():
            write[1, 4](np.zeros(4), 10_000_000_000)

        def test_after():
            write[1, 4](x := np.zeros(4), 0)
            assert x.all()
    """
    (tmp_path / "test_three.py").write_text(textwrap.dedent(source))
    done = run("-m", "pytest", "-q", "test_three.py", folder=tmp_path)
    assert done.returncode == 1
    assert "1 failed, 2 passed" in done.stdout
    assert "KernelFault: test_three.write: segmentation fault" in done.stdout
    assert "Fatal Python error" not in done.stderr


LOCKED = """
    import faulthandler, sys
    import numpy as np
    from numba import cuda
    from crosscheck.kernels.cpu import jit

    @jit
    def clears(x):
        print("once")
        for i in range(x.size):  # a call of memset
            x[10_000_000_000 + i] = 0

    if "faulthandler" in sys.argv:
        faulthandler.enable()
    clears[1, 1](np.zeros(1000))
"""


@pytest.mark.parametrize("arguments", [(), ("faulthandler",)])
def test_where_a_lock_may_be_held_the_process_dies_with_a_last_word(arguments):
    done = run("-c", textwrap.dedent(LOCKED), *arguments)
    assert done.returncode == -signal.SIGSEGV
    assert "__main__.clears: a thread crashed in a function of the C library" in done.stderr
    assert "grid (1, 1, 1), block (1, 1, 1); run it with --sanitize" in done.stderr
    assert ("Fatal Python error" in done.stderr) == bool(arguments)


@pytest.mark.parametrize("handler", ["", "import faulthandler; faulthandler.enable()"])
@pytest.mark.parametrize("enabled_first", [True, False])
def test_a_crash_that_is_not_a_kernels_goes_its_usual_way(handler, enabled_first):
    launch = "fill[1, 4](np.zeros(4))"
    source = f"""
        import ctypes
        import numpy as np
        from numba import cuda
        from crosscheck.kernels.cpu import jit

        @jit
        def fill(x):
            x[cuda.grid(1)] = 1

        {handler if enabled_first else launch}
        {launch if enabled_first else handler}
        ctypes.string_at(8)
    """
    done = run("-c", textwrap.dedent(source))
    assert done.returncode == -signal.SIGSEGV
    assert done.stderr.count("Fatal Python error: Segmentation fault") == bool(handler)


def test_a_script_that_crashes_ends_with_what_to_do(tmp_path):
    source = """
        import numpy as np
        from numba import cuda

        @cuda.jit
        def far(x):
            x[cuda.grid(1) + 10_000_000_000] = 1

        far[1, 32](np.zeros(32))
    """
    script = tmp_path / "far.py"
    script.write_text(textwrap.dedent(source))
    plain = run("-m", "crosscheck.kernels.cpu", str(script))
    last = plain.stderr.splitlines()[-1]
    assert plain.returncode == 1
    assert "KernelFault: __main__.far: segmentation fault at address" in last
    assert "--sanitize" in last
    sanitized = run("-m", "crosscheck.kernels.cpu", "--sanitize", str(script))
    assert "x[10000000000] is out of bounds for 32 elements, far.py:7" in sanitized.stderr
