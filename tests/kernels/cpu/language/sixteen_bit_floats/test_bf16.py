"""bfloat16 in kernels, and cuda.bf16: every name of numba-cuda's, held against exact fractions.

A bfloat16 goes in and out as the float32 it equals.
"""

import math
from fractions import Fraction

import ml_dtypes
import numpy as np
import pytest
from numba import cuda
from numba.cuda import bf16, float32, int16

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.language.sixteen_bit_floats.bf16 import MEMBERS

_EVERY = (np.arange(2**16, dtype=np.uint32) << 16).view(np.float32)
_EDGES = [0, -0.0, 1, -1, 0.30078125, -0.69921875, 1.5, 3.375e38, -3.375e38, 9.2e-41, -9.2e-41]
_MODES = ["rd", "ru", "rz", "rn"]
_INTEGERS = ["int16", "uint16", "int32", "uint32", "int64", "uint64"]
_LARGEST = float(Fraction(255, 128) * 2**127)


def test_every_name_is_there():
    assert MEMBERS.keys() == set(bf16.__all__) - {"typing_registry", "target_registry"}


def nearest(exact, mode="rn"):
    """Round a fraction to bfloat16; `mode` is that of the function's name."""
    if exact == 0:
        return 0.0
    exponent = abs(exact.numerator).bit_length() - exact.denominator.bit_length()
    exponent -= abs(exact) < Fraction(2) ** exponent
    step = Fraction(2) ** (max(exponent, -126) - 7)
    to_integer = {"rd": math.floor, "ru": math.ceil, "rz": math.trunc, "rn": round}[mode]
    value = to_integer(exact / step) * step
    if abs(value) > _LARGEST:
        inward = mode == "rz" or mode == ("rd" if exact > 0 else "ru")
        return math.copysign(_LARGEST if inward else math.inf, exact)
    return float(value)


def all_nearest(values):
    """Round floats, of which NaN and infinity stay."""
    exact = [nearest(Fraction(v)) if math.isfinite(v) else v for v in values.ravel().tolist()]
    return np.array(exact).reshape(values.shape)


_FINITE = all_nearest(np.array(_EDGES)).astype(np.float32)
_ALL = np.append(_FINITE, np.array([np.inf, -np.inf, np.nan], np.float32))


@pytest.fixture
def evaluate(elementwise):
    """Return what evaluates {name: bf16.name(*arguments)}; the arguments are bfloat16s."""

    def run(names, results, *arguments):
        given = ", ".join(f"bf16.bfloat16(x{n}[i])" for n in range(len(arguments)))
        return elementwise({name: f"bf16.{name}({given})" for name in names}, results, *arguments)

    return run


_EXACT = {
    **{"hceil": np.ceil, "hfloor": np.floor, "hrint": np.rint, "htrunc": np.trunc},
    **{"hsqrt": np.sqrt, "habs": np.abs, "hneg": np.negative, "hrcp": lambda x: 1 / x},
}
_CLOSE = {
    **{"hrsqrt": lambda x: 1 / np.sqrt(x), "hcos": np.cos, "hsin": np.sin, "htanh": np.tanh},
    **{"hexp": np.exp, "hexp2": np.exp2, "hexp10": lambda x: 10**x, "htanh_approx": np.tanh},
    **{"hlog": np.log, "hlog2": np.log2, "hlog10": np.log10},
}


@pytest.mark.parametrize("functions", [_EXACT, _CLOSE], ids=["exact", "close"])
def test_one_argument(evaluate, functions):
    x = np.concatenate([_EVERY[::7], _ALL])
    found = evaluate(list(functions), np.float32, x)
    for name, function in functions.items():
        with np.errstate(all="ignore"):
            expected = function(x.astype(np.float64)).astype(np.float64)
        tolerance = 0 if functions is _EXACT else 2**-7  # float32's function, rounded
        expected = all_nearest(expected)
        np.testing.assert_allclose(found[name], expected, tolerance, err_msg=name)


def grid(values):
    return [v.ravel().copy() for v in np.meshgrid(values, values)]


def test_arithmetic_and_operators(evaluate, elementwise):
    x, y = grid(_ALL)
    a, b = x.astype(np.float64), y.astype(np.float64)
    with np.errstate(all="ignore"):
        exact = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / b}  # but for what cannot tip
    exact = {name: all_nearest(values) for name, values in exact.items()}
    names = {f"h{name}": values for name, values in exact.items()}
    for name in ("add", "sub", "mul"):
        names[f"h{name}_rn"] = exact[name]
        names[f"h{name}_sat"] = np.fmin(np.fmax(exact[name], 0), 1)
    names |= {"hmax": np.fmax(x, y), "hmin": np.fmin(x, y)}
    names |= {"hmax_nan": np.maximum(x, y), "hmin_nan": np.minimum(x, y)}
    found = evaluate(list(names), np.float32, x, y)
    for name, values in names.items():
        np.testing.assert_array_equal(found[name], values, name)
    pair = "bf16.bfloat16(x0[i]) {} bf16.bfloat16(x1[i])".format
    signs = {"add": "+", "sub": "-", "mul": "*", "div": "/"}
    found = elementwise({name: pair(sign) for name, sign in signs.items()}, np.float32, x, y)
    for name in signs:
        np.testing.assert_array_equal(found[name], exact[name], name)


def test_comparisons(evaluate, elementwise):
    x, y = grid(_ALL)
    signs = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
    plain = {name: eval(f"x {sign} y", {"x": x, "y": y}) for name, sign in signs.items()}
    unordered = np.isnan(x) | np.isnan(y)
    expected = {f"h{name}": values & ~unordered for name, values in plain.items()}
    expected |= {f"h{name}u": values | unordered for name, values in plain.items()}
    found = evaluate(list(expected), np.bool_, x, y)
    for name, values in expected.items():
        np.testing.assert_array_equal(found[name], values, name)
    pair = "bf16.bfloat16(x0[i]) {} bf16.bfloat16(x1[i])".format
    found = elementwise({name: pair(sign) for name, sign in signs.items()}, np.bool_, x, y)
    for name in signs:
        np.testing.assert_array_equal(found[name], plain[name], name)


def test_fma_rounds_once(evaluate):
    random = np.random.default_rng(0)
    some = np.concatenate([_FINITE, all_nearest(random.normal(0, 30, 20)).astype(np.float32)])
    x, y = grid(some)
    z = random.permutation(np.resize(some, x.size))
    # a product that is a tie, and sums that tell its sides apart: more bits than float64 has
    ties = [[1 + 2**-7, 1.5, side * 2.0**power] for side in (-1, 0, 1) for power in (-9, -60, -130)]
    x, y, z = (np.append(v, np.float32(ties)[:, n]) for n, v in enumerate((x, y, z)))
    exact = [
        Fraction(float(a)) * Fraction(float(b)) + Fraction(float(c))
        for a, b, c in zip(x, y, z, strict=True)
    ]
    expected = np.array([nearest(value) for value in exact])
    found = evaluate(["hfma", "hfma_sat", "hfma_relu"], np.float32, x, y, z)
    np.testing.assert_array_equal(found["hfma"], expected)
    np.testing.assert_array_equal(found["hfma_sat"], np.clip(expected, 0, 1))
    np.testing.assert_array_equal(found["hfma_relu"], np.maximum(expected, 0))


def test_from_floats(elementwise):
    x = np.array([0.1, -0.1, 257, 3.3961e38, -3.3961e38, 1e-40, -1e-45, 1 / 3], np.float32)
    names = ["float32_to_bfloat16", *(f"float32_to_bfloat16_{mode}" for mode in _MODES)]
    found = elementwise({name: f"bf16.{name}(x0[i])" for name in names}, np.float32, x)
    for name in names:
        mode = name.rpartition("_")[2] if name[-2:] in _MODES else "rn"
        expected = [nearest(Fraction(float(value)), mode) for value in x]
        np.testing.assert_array_equal(found[name], expected, name)
    ties = np.array([1 + 2**-8, 1 + 3 * 2**-8, 2.0**-133 * 1.5])
    x = np.concatenate([ties * (1 + sign * 2.0**-40) for sign in (-1, 0, 1)] + [[1e39, np.nan]])
    (given,) = elementwise({"": "bf16.float64_to_bfloat16(x0[i])"}, np.float32, x).values()
    np.testing.assert_array_equal(given, all_nearest(x))


@pytest.mark.parametrize("name", _INTEGERS)
def test_from_integers(elementwise, name):
    limits = np.iinfo(name)
    some = [0, 1, 257, 259, 30001, limits.max, limits.max // 3, limits.min, limits.min + 3]
    tie = 2 ** (limits.bits - 2) + 2 ** (limits.bits - 10)  # float64 cannot tell it from the next
    x = np.array([*some, tie - 1, tie, tie + 1], name)
    names = {f"{name}_to_bfloat16_{mode}": mode for mode in _MODES}
    calls = {function: f"bf16.{function}(x0[i])" for function in names}
    found = elementwise(calls | {"cast": "bf16.bfloat16(x0[i])"}, np.float32, x)
    for function, mode in (names | {"cast": "rn"}).items():
        expected = [nearest(Fraction(int(value)), mode) for value in x]
        np.testing.assert_array_equal(found[function], expected, function)


@pytest.mark.parametrize("name", [*_INTEGERS, "int8", "uint8"])
def test_to_integers(evaluate, name):
    x = np.array([0, 0.5, 1.5, -0.5, -2.5, 100.5, 1e30, -1e30, np.inf, -np.inf, np.nan])
    x = all_nearest(x).astype(np.float32)
    modes = ["rz"] if name.endswith("int8") else _MODES
    found = evaluate([f"bfloat16_to_{name}_{mode}" for mode in modes], name, x)
    limits = np.iinfo(name)
    functions = {"rd": math.floor, "ru": math.ceil, "rz": math.trunc, "rn": round}
    for mode in modes:
        given = found[f"bfloat16_to_{name}_{mode}"].tolist()
        for value, integer in zip(x.tolist(), given, strict=True):
            expected = value
            if math.isnan(value):
                expected = 0 if limits.bits < 64 else (limits.min or 2**63)
            elif math.isfinite(value):
                expected = functions[mode](value)
            assert integer == min(max(expected, limits.min), limits.max), (mode, value)


def test_bits_and_kinds(evaluate, elementwise):
    upper = (_EVERY.view(np.uint32) >> 16).astype(np.uint16)
    for dtype in (np.uint16, np.int16):
        name = np.dtype(dtype).name
        there_and_back = f"bf16.bfloat16_as_{name}(bf16.{name}_as_bfloat16(x0[i]))"
        (bits,) = elementwise({"": there_and_back}, dtype, upper.view(dtype)).values()
        np.testing.assert_array_equal(bits.view(np.uint16), upper)
    wide = "bf16.bfloat16_to_float32(bf16.uint16_as_bfloat16(x0[i]))"
    (floats,) = elementwise({"": wide}, np.float32, upper).values()
    np.testing.assert_array_equal(floats, _EVERY)
    kinds = evaluate(["hisnan", "hisinf"], np.int32, _EVERY)
    np.testing.assert_array_equal(kinds["hisnan"], np.isnan(_EVERY))
    with np.errstate(invalid="ignore"):
        infinite = np.where(np.isinf(_EVERY), np.sign(_EVERY), 0)
    np.testing.assert_array_equal(kinds["hisinf"], infinite)


@jit
def values_of_the_type(x, out):
    i = cuda.threadIdx.x
    tile = cuda.shared.array(64, dtype=cuda.bfloat16)
    mine = cuda.local.array(2, dtype=bf16.bfloat16)
    tile[i] = x[i]
    cuda.syncthreads()
    mine[0], mine[1] = tile[63 - i], 0.1
    value = mine[0]
    value *= mine[1]
    value += mine[1]  # rounded in between
    out[0, i] = value
    out[1, i] = float32(tile[i]) * x[i]
    out[2, i] = int16(tile[i]) if isinstance(value, cuda.bfloat16) else -1
    out[3, i] = max(tile[i], mine[0])
    out[4, i] = min(tile[i], mine[0])
    out[5, i] = tile[i] * 0.1
    out[6, i] = bool(tile[i])


def test_arrays_casts_and_assignments():
    x = np.arange(64, dtype=np.float32)
    out = np.zeros((7, 64))
    values_of_the_type[1, 64](x, out)
    tenth = nearest(Fraction(0.1))
    product = all_nearest(x[::-1].astype(float) * tenth)
    expected = [all_nearest(product + tenth), x * x, x, np.maximum(x, x[::-1])]
    expected += [np.minimum(x, x[::-1]), x.astype(float) * 0.1, x != 0]
    np.testing.assert_array_equal(out, expected)


@jit
def shown():
    print(cuda.bfloat16(0.9375))


def test_print(capfd):
    shown[1, 1]()
    assert capfd.readouterr().out == "0.937500\n"


@jit
def mixed(x, y, z):
    i = cuda.grid(1)
    if i < x.size:
        z[i] = 2 * x[i] + y[i] + cuda.bfloat16(3)


def test_arrays_of_ml_dtypes():
    dtype = ml_dtypes.bfloat16
    x, y = np.arange(9).astype(dtype), np.arange(9)
    z = np.zeros(9, dtype)
    mixed[1, 32](x, y, z)
    np.testing.assert_array_equal(z.astype(float), 3 * y + 3)
