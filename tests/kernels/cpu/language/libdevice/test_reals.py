"""libdevice's functions of reals against 50 digits, within the error libdevice documents.

The bounds are those of the CUDA C++ Programming Guide for float64, in units of the last place;
float32 is float64 rounded or the C library's, so one unit serves.
"""

import math

import mpmath
import numpy as np
import pytest

mpmath.mp.dps = 50
_FLOAT32_UNITS = 1.0

_ALL = np.concatenate([-(10.0 ** np.arange(-30, 3, 0.75)), 10.0 ** np.arange(-30, 3, 0.75)])
_NEAR_0 = np.concatenate([_ALL[np.abs(_ALL) < 20], np.linspace(-3, 3, 41)])
_UNIT = np.concatenate([_ALL[np.abs(_ALL) < 1], np.linspace(-1, 1, 41)])
_POSITIVE = np.concatenate([10.0 ** np.arange(-30, 30, 1.25), np.linspace(0.5, 2, 31)])
_LARGE = np.concatenate([_NEAR_0, [700.0, -700.0, 1e4 + 0.1, -1e6 - 0.3]])


def _erfcx(x):
    return mpmath.exp(x * x) * mpmath.erfc(x)


def _inverse_of_erfc(q):
    if q > 1:
        return -_inverse_of_erfc(2 - q)
    if q == 1:
        return mpmath.mpf(0)
    start = mpmath.erfinv(1 - q) if q > 1e-9 else mpmath.sqrt(-mpmath.log(q))
    return mpmath.findroot(lambda y: mpmath.log(mpmath.erfc(y)) - mpmath.log(q), start)


def _quantile(p):
    return -mpmath.sqrt(2) * _inverse_of_erfc(2 * p)


_PROBABILITIES = np.concatenate([10.0 ** -np.arange(0.5, 37, 2.5), np.linspace(0.03, 0.97, 33)])

# name: exact value, arguments, units for float64
_ONE = {
    "acos": (mpmath.acos, _UNIT, 2),
    "acosh": (mpmath.acosh, 1 + _POSITIVE, 3),
    "asin": (mpmath.asin, _UNIT, 2),
    "asinh": (mpmath.asinh, _ALL, 3),
    "atan": (mpmath.atan, _ALL, 2),
    "atanh": (mpmath.atanh, _UNIT[np.abs(_UNIT) < 1], 2),
    "cbrt": (lambda x: mpmath.sign(x) * mpmath.cbrt(abs(x)), _ALL, 1),
    "cos": (mpmath.cos, _LARGE, 2),
    "cosh": (mpmath.cosh, _NEAR_0, 1),
    "cospi": (mpmath.cospi, _NEAR_0, 2),
    "erf": (mpmath.erf, _NEAR_0, 2),
    "erfc": (mpmath.erfc, _NEAR_0[_NEAR_0 < 9], 5),
    "erfcx": (_erfcx, _LARGE[_LARGE > -9], 4),
    "erfinv": (mpmath.erfinv, _UNIT[np.abs(_UNIT) < 1], 5),
    "erfcinv": (_inverse_of_erfc, 2 * _PROBABILITIES, 6),
    "exp": (mpmath.exp, _NEAR_0, 1),
    "exp10": (lambda x: mpmath.mpf(10) ** x, _NEAR_0, 1),
    "exp2": (lambda x: mpmath.mpf(2) ** x, _NEAR_0, 1),
    "expm1": (mpmath.expm1, _NEAR_0, 1),
    "lgamma": (mpmath.loggamma, np.concatenate([_POSITIVE, [0.3, 20.5, 170.25]]), 4),
    "log": (mpmath.log, _POSITIVE, 1),
    "log10": (mpmath.log10, _POSITIVE, 1),
    "log1p": (mpmath.log1p, _POSITIVE, 1),
    "log2": (lambda x: mpmath.log(x, 2), _POSITIVE, 1),
    "normcdf": (mpmath.ncdf, _NEAR_0[np.abs(_NEAR_0) < 13], 5),
    "normcdfinv": (_quantile, _PROBABILITIES, 8),
    "rcbrt": (lambda x: mpmath.sign(x) / mpmath.cbrt(abs(x)), _ALL, 1),
    "rsqrt": (lambda x: 1 / mpmath.sqrt(x), _POSITIVE, 1),
    "sin": (mpmath.sin, _LARGE, 2),
    "sinh": (mpmath.sinh, _NEAR_0, 2),
    "sinpi": (mpmath.sinpi, _NEAR_0, 2),
    "sqrt": (mpmath.sqrt, _POSITIVE, 0),
    "tan": (mpmath.tan, _LARGE, 2),
    "tanh": (mpmath.tanh, _NEAR_0, 1),
    "tgamma": (mpmath.gamma, np.concatenate([_POSITIVE[_POSITIVE < 30], [-0.5, -1.5, -2.25]]), 10),
}
_TWO = {
    "atan2": (mpmath.atan2, 2),
    "hypot": (mpmath.hypot, 2),
    "pow": (lambda x, y: mpmath.mpf(x) ** y, 2),
    "fdim": (lambda x, y: max(mpmath.mpf(x) - y, 0), 0),
}


def check(name, found, exact, units):
    """Require |found - exact| <= units + 1/2 of the last place of the exact value."""
    for value, number in zip(found, exact, strict=True):
        rounded = found.dtype.type(float(number))
        unit = np.spacing(np.abs(rounded)) if np.isfinite(rounded) else 0
        if not np.isfinite(rounded):
            assert value == rounded, (name, float(number))
        else:
            error = abs(mpmath.mpf(float(value)) - number) / float(unit)
            assert error <= units + 0.5, (name, float(number), float(error))


@pytest.mark.parametrize("name", _ONE)
def test_one_argument(evaluate, name):
    function, arguments, units = _ONE[name]
    for dtype, ending in ((np.float64, ""), (np.float32, "f")):
        x = arguments.astype(dtype)
        found = evaluate([name + ending], dtype, x)[name + ending]
        exact = [function(mpmath.mpf(float(value))) for value in x]
        check(name + ending, found, exact, units if dtype is np.float64 else _FLOAT32_UNITS)


@pytest.mark.parametrize("dtype, ending", [(np.float64, ""), (np.float32, "f")])
def test_two_arguments(evaluate, dtype, ending):
    x, y = (v.ravel().astype(dtype) for v in np.meshgrid(_POSITIVE[::4], _NEAR_0[::4]))
    found = evaluate([name + ending for name in _TWO], dtype, x, y)
    for name, (function, units) in _TWO.items():
        keep = np.full(x.size, True)
        if name == "pow":
            keep = np.abs(np.log10(x) * y) < np.log10(np.finfo(dtype).max) - 1
        exact = [function(float(a), float(b)) for a, b in zip(x[keep], y[keep], strict=True)]
        limit = units if dtype is np.float64 else _FLOAT32_UNITS
        check(name + ending, found[name + ending][keep], exact, limit)


@pytest.mark.parametrize("dtype, ending", [(np.float64, ""), (np.float32, "f")])
def test_bessel_functions_within_an_absolute_error(evaluate, dtype, ending):
    x = np.linspace(0.1, 30, 60).astype(dtype)
    order = np.full(x.size, 3, np.int32)
    found = evaluate([f"{name}{ending}" for name in ("j0", "j1", "y0", "y1")], dtype, x)
    found |= evaluate([f"{name}{ending}" for name in ("jn", "yn")], dtype, order, x)
    for name, number in {"0": 0, "1": 1, "n": 3}.items():
        for letter, function in {"j": mpmath.besselj, "y": mpmath.bessely}.items():
            exact = np.array([float(function(number, float(value))) for value in x])
            error = np.abs(found[f"{letter}{name}{ending}"] - exact) / np.maximum(1, np.abs(exact))
            assert error.max() < (5e-12 if dtype is np.float64 else 1e-6), (letter, name)


_SPECIAL = np.array([0.0, -0.0, 1.0, -1.0, 2.0, 2.5, -0.5, np.inf, -np.inf, np.nan, 1e300])


def test_values_at_edges(evaluate):
    nan, inf = math.nan, math.inf
    expected = {
        "sinpi": [0.0, -0.0, 0, -0.0, 0, 1, -1, nan, nan, nan, 0],
        "cospi": [1, 1, -1, -1, 1, 0, 0, nan, nan, nan, 1],
        "erfinv": [0.0, -0.0, inf, -inf, nan, nan, None, nan, nan, nan, nan],
        "erfcinv": [inf, inf, 0, nan, -inf, nan, nan, nan, nan, nan, nan],
        "erfcx": [1, 1, None, None, None, None, None, 0, inf, nan, None],
        "normcdf": [0.5, 0.5, None, None, None, None, None, 1, 0, nan, 1],
        "normcdfinv": [-inf, -inf, inf, nan, nan, nan, nan, nan, nan, nan, nan],
        "rsqrt": [inf, -inf, 1, nan, None, None, nan, 0, nan, nan, None],
        "rcbrt": [inf, -inf, 1, -1, None, None, None, 0, -0.0, nan, None],
        "logb": [-inf, -inf, 0, 0, 1, 1, -1, inf, inf, nan, 996],
        "round": [0.0, -0.0, 1, -1, 2, 3, -1, inf, -inf, nan, 1e300],
        "rint": [0.0, -0.0, 1, -1, 2, 2, -0.0, inf, -inf, nan, 1e300],
        "nearbyint": [0.0, -0.0, 1, -1, 2, 2, -0.0, inf, -inf, nan, 1e300],
    }
    found = evaluate(list(expected), np.float64, _SPECIAL)
    for name, values in expected.items():
        for value, given in zip(values, found[name], strict=True):
            if value is not None:
                np.testing.assert_array_equal(given, value, name)
                if value == 0 and name in ("sinpi", "erfinv", "round", "rint"):
                    assert np.signbit(given) == np.signbit(value), name


def test_integers_about_reals(evaluate):
    least, largest = -(2**31), 2**31 - 1
    expected = {
        "ilogb": [least, least, 0, 0, 1, 1, -1, largest, largest, least, 996],
        "isnand": [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0],
        "isinfd": [0, 0, 0, 0, 0, 0, 0, 1, 1, 0, 0],
        "isfinited": [1, 1, 1, 1, 1, 1, 1, 0, 0, 0, 1],
        "signbitd": [0, 1, 0, 1, 0, 0, 1, 0, 1, 0, 0],
    }
    single = {"ilogb": "ilogbf", "isnand": "isnanf", "isinfd": "isinff"}
    single |= {"isfinited": "finitef", "signbitd": "signbitf"}
    found = evaluate(list(expected), np.int32, _SPECIAL)
    found32 = evaluate(list(single.values()), np.int32, _SPECIAL[:-1].astype(np.float32))
    for name, values in expected.items():
        assert found[name].tolist() == values
        assert found32[single[name]].tolist() == values[:-1]


def test_fast_versions_are_the_plain_ones(evaluate):
    x, y = np.linspace(0.1, 3, 30).astype(np.float32), np.linspace(2, -2, 30).astype(np.float32)
    for name in ("cos", "exp", "exp10", "log", "log10", "log2", "sin", "tan"):
        found = evaluate([f"fast_{name}f", f"{name}f"], np.float32, x)
        np.testing.assert_array_equal(found[f"fast_{name}f"], found[f"{name}f"])
    found = evaluate(["fast_powf", "powf", "fast_fdividef"], np.float32, x, y)
    np.testing.assert_array_equal(found["fast_powf"], found["powf"])
    np.testing.assert_array_equal(found["fast_fdividef"], x / y)


def test_saturate(evaluate):
    x = np.array([-1, 0, 0.25, 1, 7, np.nan, np.inf], np.float32)
    assert evaluate(["saturatef"], np.float32, x)["saturatef"].tolist() == [0, 0, 0.25, 1, 1, 0, 1]
