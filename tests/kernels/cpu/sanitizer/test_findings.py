"""A launch raises one error for all findings, in the order of the source, each once."""

import re

import numpy as np
import pytest
from numba import cuda, float32, int64
from numba.extending import overload

from crosscheck.kernels.cpu import InitError, RaceError, SanitizerError, jit, modes
from crosscheck.kernels.cpu.language.namespace import cuda as own


@jit(sanitize=True)
def both(x, y):
    tile = cuda.shared.array(4, float32)
    t = cuda.threadIdx.x
    y[t] = tile[0]
    if t == 0:
        x[0] = 1
    y[t] = x[0]


def test_findings_of_two_tools_are_one_error_of_both_kinds():
    with pytest.raises(InitError) as error:
        both[1, 4](np.zeros(1), np.zeros(4))
    assert isinstance(error.value, RaceError)
    first, *findings = str(error.value).splitlines()
    assert first == f"{__name__}.both: 2 findings"
    assert [finding.split(":")[0] for finding in findings] == ["  initcheck", "  racecheck"]
    line = both.py_func.__code__.co_firstlineno
    assert findings[1] == (
        f"  racecheck: x[0] is written, test_findings.py:{line + 6}, thread (0, 0, 0) of block "
        f"(0, 0, 0), and read, test_findings.py:{line + 7}, thread (1, 0, 0) of block (0, 0, 0), "
        "with no barrier between: it relies on the lanes of a warp moving in lockstep; since Volta "
        "they need not: put cuda.syncwarp() between (3 times)"
    )


@jit(sanitize="racecheck", same_value=True)
def many(x):
    i = 0
    x[i] = x[i + 1]
    x[i + 2] = x[i + 3]
    x[i + 4] = 1
    x[i + 5] = 1
    x[i + 1] = 1
    x[i + 3] = 1
    x[i + 6] = 1
    x[i + 7] = 1
    x[i + 8] = 1
    x[i + 9] = 1
    x[i + 10] = 1
    x[i + 11] = 1


def test_findings_are_in_the_order_of_the_source_and_more_than_ten_are_counted():
    with pytest.raises(RaceError) as error:
        many[1, 2](np.zeros(12))
    header, *lines = str(error.value).splitlines()
    count = int(re.search(r"(\d+) findings", header)[1])
    assert len(lines) == 11 and lines[-1] == f"  and {count - 10} more"
    places = [int(re.findall(r"test_findings.py:(\d+)", line)[-1]) for line in lines[:-1]]
    assert places == sorted(places)


@jit
def rows(x):
    i, j = cuda.grid(2)
    x[0, j] = i


def test_threads_and_blocks_in_two_dimensions():
    with modes.using(sanitize="racecheck"), pytest.raises(RaceError) as error:
        rows[(2, 1), (2, 3)](np.zeros((1, 3)))
    assert "x[0, 0] is written" in str(error.value)
    assert "thread (1, 0, 0) of block (0, 0, 0)" in str(error.value)
    rows[(2, 1), (2, 3)](np.zeros((1, 3)))  # nothing is observed any more


@pytest.mark.parametrize("before, now", [(False, True), (True, False)])
def test_a_barrier_in_an_overload_counts_whichever_mode_was_first(before, now):
    def meet(): ...

    overload(meet)(lambda: lambda: own.syncthreads())

    def make(shift):
        @jit
        def kernel(x):
            tile = cuda.shared.array(64, int64)
            t = cuda.threadIdx.x
            tile[t] = x[t]
            meet()
            x[t] = tile[63 - t] + shift

        return kernel

    for sanitize in (before, now):
        x = np.arange(64)
        with modes.using(sanitize=sanitize):
            make(int(now))[1, 64](x)
        assert (x == 63 - np.arange(64) + now).all()


def test_nothing_of_a_launch_is_left_for_the_next():
    for _ in range(2):
        with pytest.raises(SanitizerError, match=r"2 findings(.|\n)*\(3 times\)"):
            both[1, 4](np.zeros(1), np.zeros(4))


@pytest.mark.parametrize("seed", range(8))
def test_a_race_is_found_in_any_order_of_threads(seed):
    with modes.using(seed=seed), pytest.raises(RaceError):
        jit(rows.py_func, sanitize="racecheck")[2, 4](np.zeros((1, 1)))


@pytest.mark.parametrize(
    ("sanitize", "error"), [("race", ValueError), (("memcheck", "x"), ValueError), (3, TypeError)]
)
def test_an_unknown_tool_is_refused(sanitize, error):
    with pytest.raises(error, match="expected True, False, or some of memcheck, initcheck"):
        jit(rows.py_func, sanitize=sanitize)


def test_a_tool_alone_reports_its_own_findings():
    for name, error in (("initcheck", InitError), ("racecheck", RaceError)):
        with pytest.raises(error) as found:
            jit(both.py_func, sanitize=name)[1, 4](np.zeros(1), np.zeros(4))
        assert "2 findings" not in str(found.value)
    jit(both.py_func, sanitize=("memcheck", "synccheck"))[1, 4](np.zeros(1), np.zeros(4))
