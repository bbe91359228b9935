"""Floats to integers in four rounding modes, and bits taken for another type."""

import math

import numpy as np
import pytest

_MODES = {"rn": round, "rd": math.floor, "ru": math.ceil, "rz": math.trunc}
_VALUES = [
    0.0,
    -0.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    1e9 + 0.75,
    -7.3,
    1e20,
    -1e20,
    3e9,
    np.inf,
    -np.inf,
]


@pytest.mark.parametrize("integer, width", [("int", 32), ("uint", 32), ("ll", 64), ("ull", 64)])
@pytest.mark.parametrize("real, dtype", [("float", np.float32), ("double", np.float64)])
def test_to_integer(evaluate, integer, width, real, dtype):
    x = np.array([*_VALUES, np.nan], dtype)
    names = [f"{real}2{integer}_{mode}" for mode in _MODES]
    kind = np.int32 if width == 32 else np.int64
    found = evaluate(names, kind, x)
    low, high = (
        (0, 2**width - 1) if integer[0] == "u" else (-(2 ** (width - 1)), 2 ** (width - 1) - 1)
    )
    for mode, function in _MODES.items():
        for value, given in zip(
            x.tolist(), found[f"{real}2{integer}_{mode}"].tolist(), strict=True
        ):
            if math.isnan(value):
                expected = 0 if real == "float" and width == 32 else -(2 ** (width - 1))
            else:
                rounded = function(value) if math.isfinite(value) else value
                expected = int(min(max(rounded, low), high))
            assert given % 2**width == expected % 2**width, (mode, value)


@pytest.mark.parametrize("ending, dtype", [("", np.float64), ("f", np.float32)])
def test_llrint_and_llround(evaluate, ending, dtype):
    x = np.array([0.5, 1.5, -0.5, -2.5, 1e6 + 0.25, -7.75, 1e19], dtype)
    found = evaluate([f"llrint{ending}", f"llround{ending}"], np.int64, x)
    assert found[f"llrint{ending}"].tolist() == [0, 2, 0, -2, 10**6, -8, 2**63 - 1]
    assert found[f"llround{ending}"].tolist() == [1, 2, -1, -3, 10**6, -8, 2**63 - 1]


def test_bits_of_floats(evaluate):
    x = np.array([0, -0.0, 1, -1.5, 1e30, np.inf], np.float32)
    assert (evaluate(["float_as_int"], np.int32, x)["float_as_int"] == x.view(np.int32)).all()
    back = evaluate(["int_as_float"], np.float32, x.view(np.int32))["int_as_float"]
    np.testing.assert_array_equal(back.view(np.int32), x.view(np.int32))


def test_bits_of_doubles(evaluate):
    x = np.array([0, -0.0, 1, -1.5, 1e300, np.inf])
    bits = x.view(np.int64)
    assert (evaluate(["double_as_longlong"], np.int64, x)["double_as_longlong"] == bits).all()
    back = evaluate(["longlong_as_double"], np.float64, bits)["longlong_as_double"]
    np.testing.assert_array_equal(back.view(np.int64), bits)
    halves = evaluate(["double2hiint", "double2loint"], np.int32, x)
    high, low = halves["double2hiint"], halves["double2loint"]
    assert (high == bits >> 32).all() and (low == bits.astype(np.int32)).all()
    joined = evaluate(["hiloint2double"], np.float64, high, low)["hiloint2double"]
    np.testing.assert_array_equal(joined.view(np.int64), bits)


def test_half(evaluate):
    x = np.array([0, 1, -2.5, 65504, 65519, 1e-8, 0.1, np.inf, 2049, 2051], np.float32)
    found = evaluate(["float2half_rn"], np.int16, x)["float2half_rn"]
    np.testing.assert_array_equal(found.view(np.float16), x.astype(np.float16))
    back = evaluate(["half2float"], np.float32, found)["half2float"]
    np.testing.assert_array_equal(back, x.astype(np.float16).astype(np.float32))
