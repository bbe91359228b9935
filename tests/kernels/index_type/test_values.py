"""`index` in arguments, tuples, arrays, conversions and device functions, on both devices."""

import operator

import numpy as np
import pytest
from numba import typeof
from numba.core import types

from crosscheck.kernels.index_type import NUMBERS, TYPES
from crosscheck.kernels.launch import (
    cuda,
    device_function,
    index,
    kernel,
    real,
    sanitized,
    wide_index,
)
from tests.kernels.index_type.conftest import ptx, wide_arithmetic


@device_function
def swapped(pair, n):
    return pair[1] % n, pair[0] % n


@kernel
def through_tuples(x, y, at, n):
    p, q = swapped(at, n)
    here = (p, q)
    y[here] = x[q, p] + x[here] + x[min(p, q), max(q, 1)]


def test_tuples_and_indexing(bits):
    x, y = np.arange(12.0).reshape(3, 4), np.zeros((3, 4))
    through_tuples[1, 1](x, y, (6, 5), 4)
    p, q = 1, 2
    wanted = np.zeros((3, 4))
    wanted[p, q] = x[q, p] + x[p, q] + x[1, 2]
    assert (y == wanted).all()


def test_tuples_and_indexing_on_a_gpu():
    x = np.zeros((3, 4), np.float32)
    text = ptx(through_tuples, 32, x, x, (6, 5), 4)
    for at, part in enumerate(text.splitlines()):
        assert "div.u64" not in part and "rem.u64" not in part, at


@kernel
def conversions(integers, reals, i, flag):
    integers[0] = i - 1
    integers[1] = index(flag) + index(integers[2])
    integers[3] = np.int64(i) - 1
    integers[4] = 1 if i else 0
    reals[0] = real(i)
    reals[1] = real(i - 1)


def test_conversions(bits):
    integers, reals = np.array([9, 9, 5, 9, 9]), np.zeros(2)
    conversions[1, 1](integers, reals, 0, True)
    largest = 2**bits - 1
    assert integers.astype(np.uint64).tolist() == [largest, 6, 5, 2**64 - 1, 0]
    assert reals.tolist() == [0, float(largest)]


def test_conversions_to_real_are_narrow_on_a_gpu():
    @kernel
    def convert(y, i):
        y[0] = real(i * 3)

    text = ptx(convert, 32, np.zeros(1, np.float32), 7)
    assert "cvt.rn.f32.u32" in text and not wide_arithmetic(text)


@kernel
def width(out, i):
    out[0] = (i - i - 1) >> 31


@pytest.mark.parametrize("number, bits", [(0, 32), (2**31 - 1, 32), (2**31, 64), (2**40, 64)])
def test_an_integer_as_large_as_2_to_the_31_makes_the_launch_wide(number, bits):
    out = np.zeros(1, np.uint64)
    width[1, 1](out, number)
    assert out[0] == 2 ** (bits - 31) - 1


@kernel
def keeps_its_type(out, i, word):
    out[0] = word + np.uint32(1)  # as numba has it: 64 bits
    out[1] = i


def test_a_numpy_number_keeps_its_type():
    out = np.zeros(2, np.uint64)
    keeps_its_type[1, 1](out, 3, np.uint32(2**32 - 1))
    assert out.tolist() == [2**32, 3]


@kernel
def past_the_end(x, i):
    x[i - 1] = real(1)


def test_the_sanitizer_sees_it(bits):
    with sanitized(), pytest.raises(IndexError, match=rf"x\[{2**bits - 1}\] is out of bounds"):
        past_the_end[1, 1](np.zeros(3), 0)


@kernel
def store_index(x, i):
    x[0] = i


def test_an_index_in_an_array_of_floats_is_an_error():
    with pytest.raises(Exception, match="float64, 1d, C.*index32"):
        store_index[1, 1](np.zeros(1), 1)


@kernel
def extents_of(x, out):
    if index(cuda.grid(1)) == 0:
        out[0] = index(x.shape[0]) * index(x.shape[1])


def test_products_past_2_to_the_32_need_a_wide_launch():
    x = np.broadcast_to(np.zeros(1, np.float32), (2**16, 2**16))[:, :1].T  # (1, 2^16)
    out = np.zeros(1, np.uint64)
    extents_of[1, 1](x, out)
    assert out[0] == 2**16
    with wide_index():
        extents_of[1, 1](x, out)
    assert out[0] == 2**16


@pytest.mark.parametrize("integer", [np.uint32, np.uint64])
def test_what_a_launch_passes_is_a_number_of_numpy(integer):
    number = NUMBERS[integer](7)
    assert isinstance(number, integer) and number == 7 and operator.index(number) == 7
    assert number.dtype == np.asarray(number).dtype == np.array([number, number]).dtype == integer
    assert type(number + number) is integer  # what is computed from it is no index
    assert typeof((number, number)) == types.UniTuple(TYPES[integer], 2)
