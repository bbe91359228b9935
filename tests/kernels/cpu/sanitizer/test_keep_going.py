"""The sanitizer goes on after a finding, and sums up at the end."""

import builtins
import os
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import BarrierError, RaceError, jit, modes
from crosscheck.kernels.cpu.sanitizer import log

ROOT = Path(__file__).resolve().parents[4]


@pytest.fixture(autouse=True)
def _nothing_found_before(capsys):
    log.summary()
    capsys.readouterr()


@jit(sanitize=True)
def lesson_one(c):
    c[0] += 1


@jit(sanitize=True)
def lesson_two(x):
    x[cuda.grid(1)] = 1


@jit(sanitize=True)
def lesson_three(x):
    if cuda.threadIdx.x < 4:
        cuda.syncthreads()
        x[0] = 1


@jit(sanitize=True)
def right(x):
    x[cuda.grid(1)] += 1


def launch_all():
    c = np.zeros(1)
    lesson_one[1, 32](c)
    lesson_two[1, 64](np.zeros(63))
    lesson_two[1, 64](np.zeros(62))
    lesson_three[1, 8](np.zeros(1))
    right[1, 32](c32 := np.zeros(32))
    return c, c32


def test_later_launches_run_and_the_summary_has_each_finding_once(capsys):
    with modes.using(keep_going=True):
        counted, filled = launch_all()
    assert counted[0] == 32 and (filled == 1).all()
    seen = capsys.readouterr().err.splitlines()
    assert [line.partition(": ")[2].split(": ")[:2] for line in seen] == [
        [f"{__name__}.lesson_one", "racecheck"],
        [f"{__name__}.lesson_two", "memcheck"],
        [f"{__name__}.lesson_three", "synccheck"],
    ]
    assert log.summary() == 3
    first, *lines = capsys.readouterr().err.splitlines()
    assert first == "sanitizer: 3 findings in 3 kernels"
    assert "c[0] is updated" in lines[0] and lines[0].endswith("(31 times)")
    assert "x[63] is out of bounds for 63 elements" in lines[1] and lines[1].endswith("(2 times)")
    assert "It works on Volta and later" in lines[2]
    assert log.summary() == 0
    assert capsys.readouterr().err == "sanitizer: no findings\n"


def test_what_a_kernel_itself_raises_is_raised():
    @jit(sanitize=True)
    def raises(x):
        if x[0] == 0:
            raise ZeroDivisionError

    with modes.using(keep_going=True), pytest.raises(ZeroDivisionError):
        raises[1, 1](np.zeros(1))


def test_a_deadlock_without_the_sanitizer_is_raised():
    @jit(keep_going=True)
    def stuck(x):
        if cuda.threadIdx.x:
            cuda.syncwarp()
        else:
            cuda.syncthreads()
            cuda.syncwarp()

    with pytest.raises(BarrierError):
        stuck[1, 2](np.zeros(1))


def test_it_is_the_default_in_a_notebook(monkeypatch, capsys):
    terminal, notebook = SimpleNamespace(), SimpleNamespace(kernel=object())
    for shell in (None, terminal):
        monkeypatch.setattr(builtins, "get_ipython", lambda shell=shell: shell, raising=False)
        with pytest.raises(RaceError):
            lesson_one[1, 32](np.zeros(1))
    monkeypatch.setattr(builtins, "get_ipython", lambda: notebook, raising=False)
    lesson_one[1, 32](np.zeros(1))
    assert "c[0] is updated" in capsys.readouterr().err
    with modes.using(keep_going=False), pytest.raises(RaceError):
        lesson_one[1, 32](np.zeros(1))


SCRIPT = """
    import subprocess, sys
    import numpy as np
    from numba import cuda

    @cuda.jit
    def lesson_one(c):
        c[0] += 1

    @cuda.jit
    def lesson_two(x):
        x[cuda.grid(1)] = 1

    @cuda.jit
    def halve(x, changed):
        i = cuda.grid(1)
        if i < x.size and x[i] > 1:
            x[i] //= 2
            changed[0] = 1

    if "flag" in sys.argv:
        halve[4, 32](np.arange(100), np.zeros(1, np.int32))
    if "wrong" in sys.argv:
        lesson_one[1, 32](np.zeros(1))
        lesson_two[1, 64](np.zeros(63))
    if "child" in sys.argv:
        subprocess.run([sys.executable, __file__, "wrong"], check=True)
    if "fail" in sys.argv:
        raise ValueError("the script's own")
    if "exit" in sys.argv:
        sys.exit(7)
    print("the end")
"""
TWO = "sanitizer: 2 findings in 2 kernels"


@pytest.mark.parametrize(
    "options, arguments, status, last, parts",
    [
        ("--keep-going", "wrong", 1, "lesson_two", [TWO]),
        ("--keep-going", "", 0, "sanitizer: no findings", []),
        ("--keep-going", "flag", 0, "remark", ["sanitizer: no findings, 1 remark"]),
        ("--keep-going --same-value", "flag", 1, "halve", ["1 finding in 1 kernel"]),
        ("", "flag", 0, "sanitizer: remark: __main__.halve: racecheck: changed[0] is", []),
        ("--keep-going", "wrong fail", 1, "lesson_two", [TWO, "ValueError: the script's own"]),
        ("--keep-going", "wrong exit", 7, "lesson_two", [TWO]),
        ("--keep-going", "child", 0, "sanitizer: no findings", [TWO]),
    ],
)
def test_a_script(tmp_path, options, arguments, status, last, parts):
    script = tmp_path / "script.py"
    script.write_text(textwrap.dedent(SCRIPT))
    done = subprocess.run(
        [sys.executable, "-m", "crosscheck.kernels.cpu", "--sanitize", *options.split()]
        + [str(script), *arguments.split()],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == status, done.stderr
    assert last in done.stderr.splitlines()[-1]
    for part in parts:
        assert part in done.stderr
    ends = "Traceback" not in done.stderr and "exit" not in arguments
    assert ("the end" in done.stdout) is ends
