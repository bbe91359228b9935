"""cuda.fp16: every name of numba.cuda.fp16, on all halves or against exact fractions."""

import math
from fractions import Fraction

import numpy as np
import pytest
from numba.cuda import fp16

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.language.sixteen_bit_floats.fp16 import MEMBERS

_EVERY = np.arange(2**16, dtype=np.uint16).view(np.float16)
_EDGES = [0, -0.0, 1, -1, 0.3, -0.7, 1.5, 65504, -65504, 6e-8, -6e-8, 1e-5, 2049, 3.14, 7e-4]
_FINITE = np.array(_EDGES, np.float16)
_ALL = np.append(_FINITE, np.array([np.inf, -np.inf, np.nan], np.float16))
_CUDA_NAMES = set(fp16.__all__) - {"typing_registry", "target_registry"}


def test_every_name_is_there():
    assert MEMBERS.keys() == _CUDA_NAMES


@pytest.fixture
def evaluate(elementwise):
    """Return what evaluates {name: fp16.name(*arguments)} elementwise."""

    def run(names, results, *arguments):
        given = ", ".join(f"x{n}[i]" for n in range(len(arguments)))
        return elementwise({name: f"fp16.{name}({given})" for name in names}, results, *arguments)

    return run


def same(given, expected, name):
    np.testing.assert_array_equal(given, expected, name)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(given[numbers]), np.signbit(expected[numbers]), name)


def exp10(x):
    return 10.0**x


_ONE = {
    **{"ceil": np.ceil, "floor": np.floor, "rint": np.rint, "trunc": np.trunc, "sqrt": np.sqrt},
    **{"abs": np.abs, "neg": np.negative, "rcp": lambda x: 1 / x},
    **{"rsqrt": lambda x: 1 / np.sqrt(x), "cos": np.cos, "sin": np.sin, "tanh": np.tanh},
    **{"exp": np.exp, "exp2": np.exp2, "exp10": exp10},
    **{"log": np.log, "log2": np.log2, "log10": np.log10, "tanh_approx": np.tanh},
}
_EXACT = {"ceil", "floor", "rint", "trunc", "sqrt", "abs", "neg", "rcp"}


@pytest.mark.parametrize("name", _ONE)
def test_one_argument_on_every_half(evaluate, name):
    given = evaluate([f"h{name}"], np.float16, _EVERY)[f"h{name}"]
    with np.errstate(all="ignore"):
        expected = _ONE[name](_EVERY.astype(np.float64)).astype(np.float16)
    if name in _EXACT:
        return same(given, expected, name)
    # float32's function, rounded: the other neighbour where the value is next to a tie
    np.testing.assert_array_equal(np.isnan(given), np.isnan(expected))
    infinite = np.isinf(expected)
    np.testing.assert_array_equal(given[infinite], expected[infinite])
    with np.errstate(all="ignore"):
        error = np.abs(given.astype(float) - expected) / np.spacing(np.abs(expected)).astype(float)
    usual = np.isfinite(expected)
    assert error[usual].max() <= 1 and (error[usual] > 0).mean() < 1e-3


def grid(values):
    return [v.ravel().copy() for v in np.meshgrid(values, values)]


def clamp(x):
    return np.fmin(np.fmax(x, np.float16(0)), np.float16(1))


def test_two_arguments(evaluate):
    x, y = grid(_ALL)
    with np.errstate(all="ignore"):
        total, difference, product = x + y, x - y, x * y
        expected = {
            **{"hadd": total, "__hadd": total, "__hadd_rn": total, "__hadd_sat": clamp(total)},
            **{"hsub": difference, "__hsub_rn": difference, "__hsub_sat": clamp(difference)},
            **{"hmul": product, "__hmul_rn": product, "__hmul_sat": clamp(product)},
            **{"hdiv": x / y, "__hdiv": x / y, "__hmax_nan": np.maximum(x, y)},
            **{"hmax": np.fmax(x, y), "hmin": np.fmin(x, y), "__hmin_nan": np.minimum(x, y)},
        }
    found = evaluate(list(expected), np.float16, x, y)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, name)


def test_comparisons(evaluate):
    x, y = grid(_ALL)
    plain = {"eq": x == y, "ne": x != y, "lt": x < y, "le": x <= y, "gt": x > y, "ge": x >= y}
    unordered = np.isnan(x) | np.isnan(y)
    expected = {f"h{name}": values & ~unordered for name, values in plain.items()}
    expected |= {f"__h{name}u": values | unordered for name, values in plain.items()}
    found = evaluate(list(expected), np.bool_, x, y)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, name)


def to_half(exact, mode="rn"):
    """Round a fraction to float16; `mode` is that of the function's name."""
    if abs(exact) >= 65520 or abs(exact) > 65504 and mode != "rn":
        inward = mode == "rz" or mode == ("rd" if exact > 0 else "ru")
        return math.copysign(65504.0 if inward and mode != "rn" else math.inf, exact)
    near = np.float16(float(exact))
    with np.errstate(over="ignore"):
        around = [np.nextafter(near, np.float16(side)) for side in (-np.inf, np.inf)]
    sides = {near, *around}
    sides = [value for value in sides if np.isfinite(value)]
    below = max((v for v in sides if Fraction(float(v)) <= exact), default=None)
    above = min((v for v in sides if Fraction(float(v)) >= exact), default=None)
    if mode == "rn":
        distance = {v: abs(Fraction(float(v)) - exact) for v in (below, above) if v is not None}
        least = min(distance.values())
        ties = [v for v in distance if distance[v] == least]
        return float(min(ties, key=lambda v: v.view(np.uint16) % 2))
    return float(below if mode == "rd" or mode == "rz" and exact > 0 else above)


def test_fma_rounds_once(evaluate):
    random = np.random.default_rng(0)
    some = np.concatenate([_FINITE, random.normal(0, 30, 60).astype(np.float16)])
    x, y = grid(some)
    z = random.permutation(np.resize(some, x.size))
    # ties, what is next to one, and sums of more bits than float64 has
    ties = [[1 + 2**-10, 1, 2**-11], [1, 1, 2**-11], [6, 683, 2**-24], [6, 683, -(2**-24)]]
    ties += [[32768, 1.5, 2**-24], [2**-24, 2**-24, 32768], [-(2**-24), 2**-24, 65504]]
    extra = np.array(ties, np.float16)
    x, y, z = (np.append(v, extra[:, n]) for n, v in enumerate((x, y, z)))
    names = ["hfma", "__hfma", "__hfma_sat", "__hfma_relu"]
    found = evaluate(names, np.float16, x, y, z)
    exact = [
        Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        for a, b, c in zip(x, y, z, strict=True)
    ]
    expected = np.array([to_half(value) for value in exact])
    np.testing.assert_array_equal(found["hfma"], expected)
    np.testing.assert_array_equal(found["__hfma"], expected)
    np.testing.assert_array_equal(found["__hfma_sat"], clamp(expected))
    np.testing.assert_array_equal(found["__hfma_relu"], np.maximum(expected, 0))


def test_fma_of_nan(evaluate):
    x = np.array([np.nan], np.float16)
    found = evaluate(["hfma", "__hfma_sat", "__hfma_relu"], np.float16, x, x, x)
    assert np.isnan(found["hfma"][0]) and np.isnan(found["__hfma_relu"][0])
    assert found["__hfma_sat"][0] == 0


_MODES = ["rd", "ru", "rz", "rn"]
_KINDS = {
    **{"short": np.int16, "ushort": np.uint16, "int": np.int32, "uint": np.uint32},
    **{"ll": np.int64, "ull": np.uint64},
}


@pytest.mark.parametrize("name", _KINDS)
def test_from_integers(evaluate, name):
    dtype = _KINDS[name]
    limits = np.iinfo(dtype)
    x = np.array([0, 1, 2049, 2051, 30001, limits.max, limits.min, limits.min + 3], dtype)
    found = evaluate([f"__{name}2half_{mode}" for mode in _MODES], np.float16, x)
    for mode in _MODES:
        expected = [to_half(Fraction(int(value)), mode) for value in x]
        np.testing.assert_array_equal(found[f"__{name}2half_{mode}"], expected, mode)


@pytest.mark.parametrize("name", [*_KINDS, "char", "uchar"])
def test_to_integers(evaluate, name):
    narrow = {"char": np.int8, "uchar": np.uint8}
    dtype = (_KINDS | narrow)[name]
    x = np.array([0, 0.5, 1.5, -0.5, -2.5, 100.75, 65504, -65504, np.inf, -np.inf, np.nan], "e")
    modes = ["rz"] if name in narrow else _MODES
    found = evaluate([f"__half2{name}_{mode}" for mode in modes], dtype, x)
    limits = np.iinfo(dtype)
    functions = {"rd": math.floor, "ru": math.ceil, "rz": math.trunc, "rn": round}
    for mode in modes:
        for value, given in zip(x.tolist(), found[f"__half2{name}_{mode}"].tolist(), strict=True):
            expected = value
            if math.isnan(value):
                expected = 0 if limits.bits < 64 else (limits.min or 2**63)
            elif math.isfinite(value):
                expected = functions[mode](value)
            assert given == min(max(expected, limits.min), limits.max), (mode, value)


def test_from_float(evaluate):
    x = np.array([0.1, -0.1, 2049, 65519, 65504.5, 1e-9, -1e-9, 1e30, 1 / 3], np.float32)
    found = evaluate([f"__float2half_{mode}" for mode in _MODES], np.float16, x)
    for mode in _MODES:
        expected = [to_half(Fraction(float(value)), mode) for value in x]
        np.testing.assert_array_equal(found[f"__float2half_{mode}"], expected, mode)
    plain = evaluate(["__float2half", "__half"], np.float16, x)
    np.testing.assert_array_equal(plain["__float2half"], found["__float2half_rn"])
    np.testing.assert_array_equal(plain["__half"], found["__float2half_rn"])
    tie = np.array([1 + 2**-11 + 2**-40])
    assert evaluate(["__double2half"], np.float16, tie)["__double2half"][0] == 1 + 2**-10


def test_bits_and_kinds(evaluate):
    bits = _EVERY.view(np.int16)
    np.testing.assert_array_equal(
        evaluate(["__half_as_short"], np.int16, _EVERY)["__half_as_short"], bits
    )
    back = evaluate(["__short_as_half"], np.float16, bits)["__short_as_half"]
    np.testing.assert_array_equal(back.view(np.int16), bits)
    unsigned = evaluate(["__half_as_ushort"], np.uint16, _EVERY)["__half_as_ushort"]
    again = evaluate(["__ushort_as_half"], np.float16, unsigned)["__ushort_as_half"]
    np.testing.assert_array_equal(again.view(np.int16), bits)
    kinds = evaluate(["__hisnan", "__hisinf"], np.int32, _EVERY)
    np.testing.assert_array_equal(kinds["__hisnan"], np.isnan(_EVERY))
    infinite = np.where(np.isinf(_EVERY), np.sign(_EVERY), 0)
    np.testing.assert_array_equal(kinds["__hisinf"], infinite)
    wide = evaluate(["__half2float"], np.float32, _EVERY)["__half2float"]
    np.testing.assert_array_equal(wide, _EVERY.astype(np.float32))


@jit
def by_pointer(x):
    fp16.atomicAdd(x, x[0])


def test_what_needs_a_pointer_is_refused_by_name():
    with pytest.raises(Exception, match="cuda.fp16.atomicAdd takes a pointer"):
        by_pointer[1, 1](np.zeros(1, np.float16))
