"""libdevice's functions of two results, and those of a real and an integer."""

import math

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit

_X = np.array([0.3, -2.5, 17.0, 1e-5, -0.75, 6.5])


@jit
def doubles(x, y, out, whole):
    i = cuda.grid(1)
    out[0, i], out[1, i] = cuda.libdevice.sincos(x[i])
    out[2, i], out[3, i] = cuda.libdevice.sincospi(x[i])
    out[4, i], out[5, i] = cuda.libdevice.modf(x[i])
    out[6, i], whole[0, i] = cuda.libdevice.frexp(x[i])
    out[7, i], whole[1, i] = cuda.libdevice.remquo(x[i], y[i])
    out[8, i] = cuda.libdevice.ldexp(x[i], 3)
    out[9, i] = cuda.libdevice.scalbn(x[i], -3)
    out[10, i] = cuda.libdevice.powi(x[i], -3)


@jit
def floats(x, y, out, whole):
    i = cuda.grid(1)
    out[0, i], out[1, i] = cuda.libdevice.sincosf(x[i])
    out[2, i], out[3, i] = cuda.libdevice.sincospif(x[i])
    out[4, i], out[5, i] = cuda.libdevice.modff(x[i])
    out[6, i], whole[0, i] = cuda.libdevice.frexpf(x[i])
    out[7, i], whole[1, i] = cuda.libdevice.remquof(x[i], y[i])
    out[8, i] = cuda.libdevice.ldexpf(x[i], 3)
    out[9, i] = cuda.libdevice.scalbnf(x[i], -3)
    out[10, i] = cuda.libdevice.powif(x[i], -3)
    out[11, i], out[12, i] = cuda.libdevice.fast_sincosf(x[i])


@pytest.mark.parametrize("kernel, dtype", [(doubles, np.float64), (floats, np.float32)])
def test_pairs(kernel, dtype):
    x, y = _X.astype(dtype), np.array([0.2, 2, -3, 1, 0.5, 4], dtype)
    out, whole = np.zeros((13, 6), dtype), np.zeros((2, 6), np.int32)
    kernel[1, 6](x, y, out, whole)
    for i, (a, b) in enumerate(zip(x.tolist(), y.tolist(), strict=True)):
        fraction, exponent = math.frexp(a)
        rest = math.remainder(a, b)
        quotient = round((a - rest) / b)
        expected = [math.sin(a), math.cos(a), math.sin(math.pi * a), math.cos(math.pi * a)]
        expected += [*math.modf(a), fraction, rest, 8 * a, a / 8, a**-3.0]
        np.testing.assert_allclose(
            out[:11, i], expected, rtol=3e-7, atol=1e-14 + 1e-7 * (dtype is np.float32)
        )
        assert whole[0, i] == exponent
        assert whole[1, i] == math.copysign(abs(quotient) % 8, quotient)
    if dtype is np.float32:
        np.testing.assert_array_equal(out[11:13], out[0:2])
