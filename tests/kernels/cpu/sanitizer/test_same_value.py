"""Unordered writes of one same value are a remark, unless they are asked for or matter."""

import numpy as np
import pytest
from numba import cuda, float32, int32

from crosscheck.kernels.cpu import RaceError, jit, modes
from crosscheck.kernels.cpu.sanitizer import log

racecheck = jit(sanitize="racecheck")


@pytest.fixture(autouse=True)
def _nothing_found_before():
    log.summary()


@racecheck
def raise_a_flag(x, changed):
    i = cuda.grid(1)
    if x[i] > 1:
        x[i] //= 2
        changed[0] = 1


def test_a_flag_that_many_raise_is_a_remark_once(capsys):
    for _ in range(2):
        raise_a_flag[4, 32](np.arange(128), np.zeros(1, np.int32))
    lines = capsys.readouterr().err.splitlines()
    place = f"test_same_value.py:{raise_a_flag.py_func.__code__.co_firstlineno + 5}"
    assert [line for line in lines if "remark" in line] == [
        f"sanitizer: remark: {__name__}.raise_a_flag: racecheck: changed[0] is written, {place}, "
        f"thread (2, 0, 0) of block (0, 0, 0), and written, {place}, thread (3, 0, 0) of block "
        "(0, 0, 0), both times with one value, with no barrier between (125 times)"
    ]
    assert log.summary() == 0
    assert "(250 times)" in capsys.readouterr().err


def test_it_is_an_error_where_it_is_asked_for():
    with modes.using(same_value=True), pytest.raises(RaceError, match="with one value"):
        raise_a_flag[4, 32](np.arange(128), np.zeros(1, np.int32))


VALUES = [
    (np.int8, 0, 0),
    (np.bool_, True, True),
    (np.float16, 1.5, 1.5),
    (np.float32, 0.1, 0.1),
    (np.float64, np.nan, np.nan),
    (np.uint64, 2**63, 2**63),
]


@racecheck
def write(x, values):
    x[0] = values[cuda.threadIdx.x]


@pytest.mark.parametrize(("dtype", "first", "second"), VALUES)
def test_numbers_of_every_kind_are_compared(dtype, first, second):
    write[1, 2](np.ones(1, dtype), np.array([first, second], dtype))


@pytest.mark.parametrize(
    ("dtype", "first", "second"), [(np.int8, 0, 1), (np.float32, 0.0, -0.0), (np.float64, 1, 2)]
)
def test_another_value_is_a_race(dtype, first, second):
    with pytest.raises(RaceError, match=r"x\[0\] is written"):
        write[1, 2](np.ones(1, dtype), np.array([first, second], dtype))


def test_the_value_counts_as_the_array_has_it():
    write[1, 2](np.ones(1, np.int32), np.array([1.25, 1.75]))


@racecheck
def write_0_0_1(x):
    x[0] = cuda.threadIdx.x // 2


def test_where_other_values_are_written_too_there_is_no_remark(capsys):
    with pytest.raises(RaceError, match=r"write_0_0_1: racecheck: x\[0\] is written"):
        write_0_0_1[1, 4](np.zeros(1))
    assert "remark" not in capsys.readouterr().err


@racecheck
def read_while_others_write(flag, out):
    t = cuda.threadIdx.x
    if t % 2 == 0:
        flag[0] = 1
    else:
        out[t] = flag[0]


@racecheck
def one_reads_before_it_writes(flag, out):
    """The read is ordered with its own thread's write, not with the other's."""
    t = cuda.threadIdx.x
    if t == 0:
        out[0] = flag[0]
    flag[0] = 1


@racecheck
def one_counts_before_it_writes(flag, out):
    if cuda.threadIdx.x == 0:
        cuda.atomic.add(flag, 0, 1)
    flag[0] = 5


@pytest.mark.parametrize(
    "kernel", [read_while_others_write, one_reads_before_it_writes, one_counts_before_it_writes]
)
def test_an_access_that_may_come_before_the_first_write_is_a_race(kernel):
    with pytest.raises(RaceError, match=r"flag\[0\] is (read|written|updated atomically)"):
        kernel[1, 4](np.zeros(1, np.int32), np.zeros(4))


@racecheck
def another_value_after_two_of_one(x, ready):
    """The third thread waits for the second, and not for the first."""
    t = cuda.threadIdx.x
    if t < 2:
        x[0] = 7
        if t == 1:
            cuda.threadfence_block()
            cuda.atomic.exch(ready, 0, 1)
    else:
        while cuda.atomic.add(ready, 0, 0) == 0:
            pass
        x[0] = 8


def test_both_writers_of_one_value_are_remembered():
    with pytest.raises(RaceError, match=r"x\[0\] is written, .* thread \(0, 0, 0\)"):
        another_value_after_two_of_one[1, 3](np.zeros(1), np.zeros(1, np.int32))


@racecheck
def clear_and_meet(x):
    tile = cuda.shared.array(1, float32)
    tile[0] = 0
    cuda.syncthreads()
    x[cuda.threadIdx.x] = tile[0]
    cuda.syncthreads()
    if cuda.threadIdx.x == 0:
        tile[0] = int32(1)


def test_behind_a_barrier_there_is_nothing_to_say(capsys):
    log.summary()
    clear_and_meet[2, 32](np.ones(32))
    assert "findings\n" not in capsys.readouterr().err.replace("no findings\n", "")
