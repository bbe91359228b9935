"""popc, brev, clz and ffs: values and types, on every integer type."""

import numpy as np
import pytest
from numba import cuda, njit

from crosscheck.kernels.cpu import jit

_DTYPES = [np.int8, np.int16, np.int32, np.int64, np.uint8, np.uint16, np.uint32, np.uint64]


@jit
def every(x, counts, leading, first):
    i = cuda.grid(1)
    if i < x.size:
        counts[i] = cuda.popc(x[i])
        leading[i] = cuda.clz(x[i])
        first[i] = cuda.ffs(x[i])


def bit_strings(x):
    width = 8 * x.dtype.itemsize
    return [np.binary_repr(int(value) % 2**width, width) for value in x]


@pytest.mark.parametrize("dtype", _DTYPES)
def test_counts(dtype):
    limits = np.iinfo(dtype)
    x = np.array([0, 1, 2, 3, 40, 96, limits.max, limits.min, limits.max - 1], dtype)
    counts, leading, first = (np.full(x.size, 99, np.int64) for _ in range(3))
    every[1, 32](x, counts, leading, first)
    text = bit_strings(x)
    assert counts.tolist() == [bits.count("1") for bits in text]
    assert leading.tolist() == [(bits + "1").index("1") for bits in text]
    assert first.tolist() == [bits[::-1].find("1") + 1 for bits in text]


@jit
def reverse(x, out):
    out[0] = cuda.brev(x[0])


@pytest.mark.parametrize("dtype", [np.uint32, np.uint64])
def test_brev(dtype):
    x = np.array([0b10110111], dtype)
    out = np.zeros(1, dtype)
    reverse[1, 1](x, out)
    assert bit_strings(out)[0] == bit_strings(x)[0][::-1]


def test_brev_of_a_narrow_integer_is_that_of_32_bits_as_in_numba_cuda():
    out = np.zeros(1, np.uint64)
    reverse[1, 1](np.array([1], np.uint8), out)
    assert out[0] == 2**31


@jit
def typed(x, out):
    out[0] = cuda.ffs(x[0]) - 5  # an uint32 minus an int64 is an int64
    out[1] = ~cuda.popc(x[0])  # of an uint8, an uint8
    out[2] = ~cuda.clz(np.int16(x[0]))


def test_types_are_numba_cudas():
    out = np.zeros(3, np.int64)
    typed[1, 1](np.array([1], np.uint8), out)
    assert out.tolist() == [-4, 254, ~15]


@jit
def of_a_float(x, out):
    out[0] = cuda.popc(x[0])


def test_other_types_are_refused_by_name():
    with pytest.raises(Exception, match="cuda.popc is given array"):
        of_a_float[1, 1](np.zeros((1, 1)), np.zeros(1))


@jit
def by_method(x, out):
    out[0] = x[0].bit_count()


@njit
def by_method_in_njit(x):
    return x.bit_count()


def test_bit_count_is_popc_and_kernels_alone_have_it():
    out = np.zeros(1, np.int64)
    by_method[1, 1](np.array([0b10110], np.uint8), out)
    assert out[0] == 3
    with pytest.raises(Exception, match="Unknown attribute 'bit_count'"):
        by_method_in_njit(3)
