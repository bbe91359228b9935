"""Arithmetic and comparisons of `index` stay `index`, on both devices."""

import operator
import re

import numpy as np
import pytest

from crosscheck.kernels.launch import cuda, index, kernel, real, wide_index
from tests.kernels.index_type.conftest import ptx, wide_arithmetic

# Each with what its PTX is called where it has 32 bits.
ARITHMETIC = {
    "add": r"add\.s32",
    "sub": r"sub\.s32",
    "mul": r"mul\.lo\.s32",
    "floordiv": r"div\.u32",
    "mod": r"rem\.u32",
    "lshift": r"shl\.b32",
    "rshift": r"shr\.u32",
    "and_": r"and\.b32",
    "or_": r"or\.b32",
    "xor": r"xor\.b32",
}
COMPARISONS = ["lt", "le", "gt", "ge", "eq", "ne"]
PAIRS = [(7, 3), (3, 7), (70_001, 70_003), (2**31 - 1, 31), (0, 5), (6, 6), (1, 0)]
each_operator = pytest.mark.parametrize("name", ARITHMETIC)
each_comparison = pytest.mark.parametrize("name", COMPARISONS)


def operated(operate):
    @kernel
    def both_ways(out, i, j):
        out[0] = operate(i, j)
        out[1] = operate(i, 3)
        out[2] = operate(3, i)

    return both_ways


def expected(name, i, j, bits):
    if j == 0 and name in ("floordiv", "mod"):
        return 0
    if name == "lshift" and j >= bits or name == "rshift" and j >= bits:
        return None  # neither LLVM nor a GPU says
    return getattr(operator, name)(i, j) % 2**bits


@each_operator
def test_arithmetic(bits, name):
    run = operated(getattr(operator, name))
    for i, j in PAIRS:
        out = np.zeros(3, np.uint64)
        run[1, 1](out, i, j)
        for value, (left, right) in zip(out, [(i, j), (i, 3), (3, i)], strict=True):
            wanted = expected(name, left, right, bits)
            assert wanted is None or int(value) == wanted, (name, left, right)


@each_operator
def test_arithmetic_has_the_launch_s_bits_on_a_gpu(name):
    @kernel
    def store(out, i, j):
        out[0] = operate(i, j)

    operate = getattr(operator, name)
    out = np.zeros(1, np.uint32)
    narrow = ptx(store, 32, out, 7, 3)
    assert re.search(ARITHMETIC[name], narrow)
    assert not wide_arithmetic(narrow)
    wide = ptx(store, 64, np.zeros(1, np.uint64), 7, 3)
    assert re.search(ARITHMETIC[name].replace("32", "64"), wide)


@kernel
def in_place(out, i, j):
    for n in range(10):
        value = i
        if n == 0:
            value += j
        elif n == 1:
            value -= j
        elif n == 2:
            value *= j
        elif n == 3:
            value //= j
        elif n == 4:
            value %= j
        elif n == 5:
            value <<= j
        elif n == 6:
            value >>= j
        elif n == 7:
            value &= j
        elif n == 8:
            value |= j
        else:
            value ^= 3
        out[n] = value


def test_arithmetic_in_place(bits):
    out = np.zeros(10, np.uint64)
    in_place[1, 1](out, 6, 13)
    wanted = [expected(name, 6, 13, bits) for name in ARITHMETIC]
    wanted[-1] = 6 ^ 3
    assert out.tolist() == wanted


@each_comparison
def test_comparisons(bits, name):
    run = operated(getattr(operator, name))
    for i, j in PAIRS:
        out = np.zeros(3, bool)
        run[1, 1](out, i, j)
        compare = getattr(operator, name)
        assert out.tolist() == [compare(i, j), compare(i, 3), compare(3, i)]


@each_comparison
def test_comparisons_are_unsigned_and_narrow_on_a_gpu(name):
    compare = getattr(operator, name)

    @kernel
    def store(out, i, j):
        out[0] = compare(i - 1, j)

    text = ptx(store, 32, np.zeros(1, bool), 7, 3)
    assert re.search(r"setp\.\w+\.[us]32", text) and not re.search(r"setp\.[lg]\w\.s32", text)
    assert not wide_arithmetic(text)


@kernel
def formula(out, p, q, stride, corner):
    top = p * stride[0] - corner[0]
    out[0] = top
    top += (q + 1) * 2 >> 1
    top ^= q & 5 | 8
    out[1] = top % 100 // 7 << 2


def test_a_formula_needs_no_casts(bits):
    out = np.zeros(2, np.uint64)
    formula[1, 1](out, 4, 9, (3, 2), (5, 1))
    top = 4 * 3 - 5
    assert out[0] == top
    top = (top + ((9 + 1) * 2 >> 1)) ^ (9 & 5 | 8)
    assert out[1] == top % 100 // 7 << 2


def test_below_zero_it_wraps(bits):
    out = np.zeros(2, np.uint64)
    formula[1, 1](out, 1, 0, (3, 2), (5, 1))
    assert out[0] == 2**bits - 2


def test_a_formula_is_narrow_on_a_gpu():
    arguments = np.zeros(2, np.uint32), 4, 9, (3, 2), (5, 1)
    assert not wide_arithmetic(ptx(formula, 32, *arguments))


@kernel
def with_an_int64(out, i):
    out[i] = real(i + out.shape[0])


@kernel
def with_a_thread_s_number(out, i):
    out[i] = real(cuda.threadIdx.x * i)


@kernel
def with_a_uint32(out, i):
    out[i] = real(i - np.uint32(1))


@kernel
def with_a_float(out, i):
    out[i] *= i


@kernel
def with_a_comparison(out, i):
    out[i] = real(i) if i < out.shape[0] else real(0)


@kernel
def with_a_negative_constant(out, i):
    out[i] = real(i + -1)


@kernel
def with_a_constant_too_large(out, i):
    out[i] = real(i & 0xFFFFFFFFF)


MIXES = [
    (with_an_int64, r"index32 \+ int64"),
    (with_a_thread_s_number, r"int32 \* index32"),
    (with_a_uint32, r"index32 - uint32"),
    (with_a_float, r"float32 \* index32"),
    (with_a_comparison, r"index32 < int64"),
    (with_a_negative_constant, r"index32 \+ .*-1"),
    (with_a_constant_too_large, r"index32 & .*68719476735"),
]
each_mix = pytest.mark.parametrize("mix, message", MIXES)


@each_mix
def test_a_mix_is_an_error_that_names_both(mix, message):
    with pytest.raises(Exception, match=f"{message}.*expected two of index32, or one and a const"):
        mix[1, 1](np.zeros(2, np.float32), 1)


@each_mix
def test_a_mix_is_the_same_error_for_a_gpu(mix, message):
    with pytest.raises(Exception, match=message):
        ptx(mix, 32, np.zeros(2, np.float32), 1)


def test_a_wide_mix_names_the_wide_type():
    with wide_index(), pytest.raises(Exception, match=r"index64 \+ int64"):
        with_an_int64[1, 1](np.zeros(2, np.float32), 1)


@kernel
def extrema(out, i, j):
    out[0] = min(i, j)
    out[1] = max(i, j)
    out[2] = min(3, i)
    out[3] = max(i - 1, 3)


def test_min_and_max(bits):
    out = np.zeros(4, np.uint64)
    for i, j in ((2, 5), (5, 2), (0, 0)):
        extrema[1, 1](out, i, j)
        assert out.tolist() == [min(i, j), max(i, j), min(3, i), max((i - 1) % 2**bits, 3)]


def test_min_and_max_are_narrow_on_a_gpu():
    text = ptx(extrema, 32, np.zeros(4, np.uint32), 2, 5)
    assert "min.u32" in text and "max.u32" in text and not wide_arithmetic(text)


@kernel
def two_types_in_one(out, i):
    found = i
    if i > 3:
        found = out.shape[0]
    out[0] = index(found)


def test_a_variable_of_two_types_is_an_error():
    with pytest.raises(Exception, match="index32"):
        two_types_in_one[1, 1](np.ones(1, np.int64), 5)
