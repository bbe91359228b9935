"""The functions of math in kernels: values at edges and at random, in float32 and float64."""

import math

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit

_DTYPES = [np.float32, np.float64]
_EDGES = [0.0, -0.0, 1.0, -1.0, 0.5, -0.5, 1.5, 2.5, -2.5, 1e-40, 1e10, np.inf, -np.inf, np.nan]
_UNARY = {
    **{name: 2 for name in ("acos", "asin", "asinh", "atan", "cosh", "sinh", "tan", "tanh")},
    **{name: 2 for name in ("acosh", "atanh", "erf", "exp", "exp2", "log", "log10", "log2")},
    **{name: 2 for name in ("cos", "expm1", "log1p", "sin", "degrees", "radians", "sqrt")},
    **{name: 0 for name in ("ceil", "floor", "fabs", "trunc")},
    **{"erfc": 5, "gamma": 10},  # the bounds of libdevice
}


def _kernel(name, count):
    arguments = ", ".join(f"{letter}[i]" for letter in "xy"[:count])
    source = f"""
def apply({", ".join("xy"[:count])}, out):
    i = cuda.grid(1)
    if i < out.size:
        out[i] = math.{name}({arguments})
"""
    scope = {"cuda": cuda, "math": math}
    exec(source, scope)
    return jit(scope["apply"])


def _exact(name, *values):
    """Return Python's value, as C gives it where Python raises or gives an integer."""
    if name in ("ceil", "floor", "trunc"):
        return float(getattr(np, name)(values[0]))
    try:
        return float(getattr(math, name)(*values))
    except OverflowError:
        return math.inf if name != "sinh" else math.copysign(math.inf, values[0])
    except ValueError:
        x = values[0]
        if x == 0 and name in ("log", "log2", "log10"):
            return -math.inf
        if abs(x) == 1 and name == "atanh" or x == 0 and name == "gamma":
            return math.copysign(math.inf, x)
        return -math.inf if x == -1 and name == "log1p" else math.nan


def _check(given, exact, units, dtype):
    """Require |given - exact| <= units of the last place, and the same zeros and infinities."""
    with np.errstate(over="ignore"):
        rounded = np.array(exact).astype(dtype)
    np.testing.assert_array_equal(np.isnan(given), np.isnan(rounded))
    plain = np.isfinite(rounded) & np.isfinite(given)
    np.testing.assert_array_equal(given[~plain], rounded[~plain])
    with np.errstate(under="ignore"):
        unit = np.spacing(np.abs(rounded[plain])).astype(np.float64)
    error = np.abs(given[plain].astype(np.float64) - np.array(exact)[plain]) / unit
    assert error.max(initial=0) <= units + 0.5
    zero = plain & (rounded == 0)
    np.testing.assert_array_equal(np.signbit(given[zero]), np.signbit(rounded[zero]))


@pytest.mark.parametrize("dtype", _DTYPES)
@pytest.mark.parametrize("name", _UNARY)
def test_one_argument(name, dtype):
    random = np.random.default_rng(0)
    x = np.concatenate([_EDGES, random.normal(0, 3, 100), random.uniform(-1, 1, 100)]).astype(dtype)
    out = np.zeros_like(x)
    _kernel(name, 1)[1, 256](x, out)
    _check(out, [_exact(name, float(value)) for value in x], _UNARY[name], dtype)


@pytest.mark.parametrize("dtype", _DTYPES)
def test_lgamma(dtype):
    x = np.array([*range(1, 20), 0.5, -0.5, -1, 0, np.inf, -np.inf, np.nan], dtype)
    exact = [math.log(math.factorial(n - 1)) for n in range(1, 20)]
    exact += [math.log(math.pi) / 2, math.log(4 * math.pi) / 2, *[math.inf] * 4, math.nan]
    out = np.zeros_like(x)
    _kernel("lgamma", 1)[1, 32](x, out)
    _check(out, exact, 4, dtype)


@pytest.mark.parametrize("dtype", _DTYPES)
@pytest.mark.parametrize("name", ["atan2", "hypot", "copysign", "fmod", "remainder", "pow"])
def test_two_arguments(name, dtype):
    edges = np.array([(a, b) for a in (0.0, -0.0, 2.0, -3.5, np.inf) for b in (1.5, -2.0, 7.0)])
    random = np.random.default_rng(0).normal(0, 5, (100, 2))
    x, y = np.concatenate([edges, random]).T.astype(dtype).copy()
    out = np.zeros_like(x)
    _kernel(name, 2)[1, 128](x, y, out)
    pairs = zip(x.tolist(), y.tolist(), strict=True)
    exact = [_exact(name, *pair) for pair in pairs if name != "pow"]
    if name == "pow":
        with np.errstate(all="ignore"):
            exact = np.power(x.astype(np.float64), y.astype(np.float64))
    _check(out, exact, 2, dtype)


@pytest.mark.parametrize("dtype", _DTYPES)
def test_nextafter_is_of_its_own_type(dtype):
    x = np.array([0, 1, 1, np.inf], dtype)
    y = np.array([1, 2, 0, 0], dtype)
    out = np.zeros_like(x)
    _kernel("nextafter", 2)[1, 4](x, y, out)
    np.testing.assert_array_equal(out, np.nextafter(x, y))


@jit
def power_of_an_integer(x, n, out):
    i = cuda.grid(1)
    out[i] = math.pow(x[i], n[i])


@pytest.mark.parametrize("dtype", _DTYPES)
def test_pow_takes_an_int32_exponent(dtype):
    x = np.array([2, -2, 3, 1.5, 0, -0.0, 10], dtype)
    n = np.array([-3, 3, 20, 100, -1, -1, 0], np.int32)
    out = np.zeros_like(x)
    power_of_an_integer[1, 7](x, n, out)
    with np.errstate(divide="ignore"):
        _check(out, np.power(x.astype(np.float64), n), 1, dtype)


@jit
def parts(x, fraction, exponent, back, rest, whole):
    i = cuda.grid(1)
    fraction[i], exponent[i] = math.frexp(x[i])
    back[i] = math.ldexp(fraction[i], exponent[i])
    rest[i], whole[i] = math.modf(x[i])


@pytest.mark.parametrize("dtype", _DTYPES)
def test_frexp_ldexp_modf(dtype):
    tiny = np.finfo(dtype).smallest_subnormal
    x = np.array([0, -0.0, 1, -2.75, 1e30, 3 * tiny, np.inf, -np.inf, np.nan], dtype)
    fraction, back, rest, whole = (np.zeros_like(x) for _ in range(4))
    exponent = np.zeros(x.size, np.int32)
    parts[1, 9](x, fraction, exponent, back, rest, whole)
    expected_fraction, expected_exponent = np.frexp(x)
    np.testing.assert_array_equal(fraction, expected_fraction)
    finite = np.isfinite(x)
    np.testing.assert_array_equal(exponent[finite], expected_exponent[finite])
    np.testing.assert_array_equal(back, x)
    for given, expected in zip((rest, whole), np.modf(x), strict=True):
        np.testing.assert_array_equal(given, expected)
        np.testing.assert_array_equal(np.signbit(given[finite]), np.signbit(expected[finite]))


@jit
def load_exponent(x, n, out):
    i = cuda.grid(1)
    out[i] = math.ldexp(x[i], n[i])


def test_ldexp_rounds_a_float32_once():
    x = np.full(3, 1 + 2**-23, np.float32)
    n = np.array([-130, -149, 200], np.int32)
    out = np.zeros(3, np.float32)
    load_exponent[1, 3](x, n, out)
    with np.errstate(over="ignore"):
        np.testing.assert_array_equal(out, np.ldexp(x, n))


@jit
def classified(x, out):
    i = cuda.grid(1)
    out[i, 0] = math.isnan(x[i])
    out[i, 1] = math.isinf(x[i])
    out[i, 2] = math.isfinite(x[i])


@pytest.mark.parametrize("dtype", [*_DTYPES, np.int32, np.uint64])
def test_kinds_of_numbers(dtype):
    x = np.array([0, 1, 2, 3], dtype)
    if np.dtype(dtype).kind == "f":
        x[:3] = np.nan, np.inf, -np.inf
    out = np.zeros((4, 3), bool)
    classified[1, 4](x, out)
    np.testing.assert_array_equal(out.T, [np.isnan(x), np.isinf(x), np.isfinite(x)])


@jit
def extrema(x, y, out):
    i = cuda.grid(1)
    out[i, 0] = max(x[i], y[i])
    out[i, 1] = min(x[i], y[i])


@pytest.mark.parametrize("dtypes", [(np.float32, np.float32), (np.float32, np.float64)])
def test_min_and_max_take_the_number_where_one_is_nan(dtypes):
    x = np.array([1, np.nan, 1, np.nan, -np.inf], dtypes[0])
    y = np.array([2, 2, np.nan, np.nan, 2], dtypes[1])
    out = np.zeros((5, 2))
    extrema[1, 5](x, y, out)
    np.testing.assert_array_equal(out.T, [np.fmax(x, y), np.fmin(x, y)])


@jit
def divisions(x, y, out):
    out[0] = x[0] // y[0]
    out[1] = x[0] % y[0]
    out[2] = x[0] / y[0]


@pytest.mark.parametrize("dtype", [np.int32, np.uint64, np.float32])
def test_division_by_zero_raises_nothing(dtype):
    out = np.full(3, 7.0)
    divisions[1, 1](np.ones(1, dtype), np.zeros(1, dtype), out)
    np.testing.assert_array_equal(out[2], np.inf)


@jit
def of_integers(out):
    out[0] = math.floor(7)
    out[1] = math.sqrt(np.uint64(2**63))
    out[2] = math.hypot(3, 4)


def test_integers_are_taken_as_float64():
    out = np.zeros(3)
    of_integers[1, 1](out)
    assert out.tolist() == [7, math.sqrt(2**63), 5]


@jit
def to_digits(x, digits, out):
    i = cuda.grid(1)
    out[i] = round(x[i], digits[i])


@pytest.mark.parametrize("dtype", _DTYPES)
def test_round_to_digits(dtype):
    x = np.array([0.3425, 2.675, -1234.5, 250, 0.5, 1e30, np.nan, -0.3425], dtype)
    digits = np.array([3, 2, -2, -2, 0, 300, 2, 3], np.int32)
    out = np.zeros_like(x)
    to_digits[1, 8](x, digits, out)
    pairs = zip(x.tolist(), digits.tolist(), strict=True)
    expected = [round(value, count) for value, count in pairs]
    if dtype is np.float64:  # computed as CPython does without exact decimals: 2.675 is a tie
        expected[1] = 2.68
        expected[0], expected[7] = 0.342, -0.342
    np.testing.assert_allclose(out, np.array(expected, dtype), rtol=1e-15, atol=0)
