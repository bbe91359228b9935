"""`range` of `index`: Python's numbers, each an index, and a plain counted loop on a GPU."""

import numpy as np
import pytest

from crosscheck.kernels.launch import index, kernel, real
from tests.kernels.index_type.conftest import ptx, wide_arithmetic


@kernel
def of_one(out, stop):
    for i in range(stop):
        out[i] = i + 1


@kernel
def of_two(out, start, stop):
    at = index(0)
    for i in range(start, stop):
        out[at] = i
        at += 1


@kernel
def of_three(out, start, stop, step):
    at = index(0)
    for i in range(start, stop, step):
        out[at] = i
        at += 1


@kernel
def with_constants(out, stop):
    at = index(0)
    for i in range(2, stop, 3):
        out[at] = i
        at += 1


@pytest.mark.parametrize("stop", [0, 1, 7])
def test_one_number(bits, stop):
    out = np.zeros(8, np.int64)
    of_one[1, 1](out, stop)
    assert out.tolist() == [i + 1 for i in range(stop)] + [0] * (8 - stop)


@pytest.mark.parametrize("start, stop", [(0, 0), (3, 8), (8, 3), (5, 5)])
def test_two_numbers(bits, start, stop):
    wanted = list(range(start, stop))
    out = np.zeros(8, np.int64)
    of_two[1, 1](out, start, stop)
    assert out.tolist() == wanted + [0] * (8 - len(wanted))


@pytest.mark.parametrize("start, stop, step", [(0, 7, 3), (1, 7, 3), (2, 3, 9), (4, 4, 1)])
def test_three_numbers(bits, start, stop, step):
    wanted = list(range(start, stop, step))
    out = np.zeros(8, np.int64)
    of_three[1, 1](out, start, stop, step)
    assert out.tolist() == wanted + [0] * (8 - len(wanted))


def test_constants_beside_an_index(bits):
    out = np.zeros(4, np.int64)
    with_constants[1, 1](out, 12)
    assert out.tolist() == [2, 5, 8, 11]


@kernel
def left_early(out, stop):
    for i in range(stop):
        if i * i > 10:
            break
        for j in range(i):
            if j == 1:
                continue
            out[i, j] = real(j + 1)
    out[4, 4] = real(i)


def test_loops_within_loops_that_are_left_early(bits):
    out = np.zeros((5, 5))
    left_early[1, 1](out, 9)
    wanted = np.zeros((5, 5))
    wanted[1:4, 0], wanted[3, 2], wanted[4, 4] = 1, 3, 4
    assert (out == wanted).all()


@kernel
def sum_of_row(x, y, count):
    total = real(0)
    for i in range(count):
        total += x[i]
    y[0] = total


def test_on_a_gpu_it_counts_in_a_register_of_the_launch_s_bits():
    x = np.zeros(9, np.float32)
    narrow = ptx(sum_of_row, 32, x, x, 9)
    assert not wide_arithmetic(narrow)
    assert "selp" not in narrow  # numba's own range has them, and computes the number of turns
    assert "add.s32" in narrow
    assert wide_arithmetic(ptx(sum_of_row, 64, x, x, 9))


@kernel
def of_a_mix(out, start):
    for i in range(start, out.shape[0]):
        out[i] = i


def test_a_mix_is_an_error_that_names_both():
    with pytest.raises(Exception, match=r"range of index32, int64; expected each index32"):
        of_a_mix[1, 1](np.zeros(3, np.int64), 1)
