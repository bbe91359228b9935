"""fma rounds once, cbrt takes negative numbers, selp takes two of one type."""

from fractions import Fraction

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def fused(a, b, c, out):
    out[0] = cuda.fma(a[0], b[0], c[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_fma_rounds_once(dtype):
    ulp = np.finfo(dtype).eps
    a, b, c = np.array([[1 + ulp], [1 - ulp], [-1]], dtype)
    out = np.zeros(1, dtype)
    fused[1, 1](a, b, c, out)
    exact = Fraction(float(a[0])) * Fraction(float(b[0])) + Fraction(float(c[0]))
    assert Fraction(float(out[0])) == exact != 0
    assert a[0] * b[0] + c[0] == 0


@jit
def mixed(x, y, out):
    out[0] = cuda.fma(x[0], x[0], 1.0)  # a float64, as one argument is
    out[1] = cuda.cbrt(y[0])
    out[2] = cuda.cbrt(x[0])


def test_types_are_those_of_the_widest_argument():
    out = np.zeros(3)
    x = np.array([1 + 2**-20], np.float32)
    mixed[1, 1](x, np.array([-27]), out)
    assert out[0] == float(x[0]) ** 2 + 1
    assert out[1] == -3.0
    assert out[2] == np.float32(out[2]) and abs(out[2] - float(x[0]) ** (1 / 3)) < 2**-24


@jit
def roots(x, out):
    i = cuda.grid(1)
    out[i] = cuda.cbrt(x[i])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_cbrt_is_within_one_unit_as_libdevices(dtype):
    info = np.finfo(dtype)
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, info.max, info.tiny, -info.tiny / 8])
    random = np.random.default_rng(0).standard_normal(1000) * 10.0 ** np.arange(-37, 38, 0.075)
    cubes = np.arange(-99, 100.0) ** 3
    x = np.concatenate([special, random, cubes]).astype(dtype)
    out = np.zeros_like(x)
    roots[1, 1024](x[:1024], out[:1024])
    roots[1, x.size - 1024](x[1024:], out[1024:])
    wide = x.astype(np.longdouble)
    exact = np.cbrt(wide)
    finite = np.isfinite(exact) & (exact != 0)
    error = np.abs(out[finite] - exact[finite]) / np.spacing(np.abs(out[finite]))
    assert error.max() < (0.51 if dtype is np.float32 else 0.52)
    np.testing.assert_array_equal(out[~finite], exact[~finite].astype(dtype))
    assert np.signbit(out[1]) and (out[-199:] == np.arange(-99, 100)).all()


@jit
def select(x, y, out):
    out[0] = cuda.selp(x[0] > y[0], x[0], y[0])


@pytest.mark.parametrize("dtype", [np.int16, np.uint32, np.int64, np.float32, np.float64])
def test_selp(dtype):
    out = np.zeros(1, dtype)
    for x, y in ((1, 2), (2, 1)):
        select[1, 1](np.array([x], dtype), np.array([y], dtype), out)
        assert out[0] == 2


def test_selp_takes_one_type():
    with pytest.raises(Exception, match="cuda.selp is given int32 and int64; expected"):
        select[1, 1](np.zeros(1, np.int32), np.zeros(1, np.int64), np.zeros(1))
