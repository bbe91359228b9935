"""Floats converted to integers: truncated, saturated, and NaN as in PTX.

What is expected is said in exact integers, from PTX's description of cvt: saturated, and a NaN 0,
or from 64 bits or to 64 the highest bit alone. NVIDIA's compiler converts to 8 bits by way of 16.
"""

import math

import numpy as np
import pytest
from numba import cuda, int32

from crosscheck.kernels.cpu import jit

INTEGERS = [np.int8, np.uint8, np.int16, np.uint16, np.int32, np.uint32, np.int64, np.uint64]
VALUES = [0.0, -0.0, 0.9, -0.9, -1.0, 127.9, 128, 255.5, 256, 300, -129, 32767.5, 32768, 65504]
VALUES += [-32769, -65504, 70000, 2.0**31, 2.0**31 - 1, -(2.0**31), -(2.0**31) - 4096, 2.0**32]
VALUES += [3e9, 2.0**63, -(2.0**63), -1e19, 2.0**64, 1e30, -1e30, math.inf, -math.inf, math.nan]


@jit
def convert(x, i8, u8, i16, u16, i32, u32, i64, u64):
    i = cuda.grid(1)
    i8[i] = u8[i] = i16[i] = u16[i] = i32[i] = u32[i] = i64[i] = u64[i] = x[i]


def expected(value: float, floating: type, integer: type) -> int:
    """Return what a GPU makes of a float."""
    own = np.dtype(integer)
    wide = np.iinfo(np.promote_types(own, np.int16 if own.kind == "i" else np.uint16))
    if math.isnan(value):
        number = 1 << wide.bits - 1 if floating == np.float64 or wide.bits == 64 else 0
    elif math.isinf(value):
        number = wide.max if value > 0 else wide.min
    else:
        number = min(max(math.trunc(value), wide.min), wide.max)
    number %= 1 << 8 * own.itemsize
    return number - (1 << 8 * own.itemsize) * (number > np.iinfo(own).max)


@pytest.mark.parametrize("floating", [np.float16, np.float32, np.float64])
def test_every_float_converts_as_on_a_gpu(floating):
    with np.errstate(over="ignore"):
        x = np.array(VALUES, floating)
    found = [np.zeros(x.size, integer) for integer in INTEGERS]
    convert[1, x.size](x, *found)
    for integer, numbers in zip(INTEGERS, found, strict=True):
        wanted = [expected(value, floating, integer) for value in x.tolist()]
        assert numbers.tolist() == wanted, integer.__name__


@jit
def in_the_source(x, out):
    out[0] = int(x[0])
    out[1] = int32(x[0])
    out[2] = round(x[0])
    out[3] = round(x[1])
    cuda.atomic.add(out, 4, x[0])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_wherever_a_kernel_converts(dtype):
    out = np.zeros(5, np.int64)
    in_the_source[1, 1](np.array([1e30, 2.5], dtype), out)
    most = 2**63 - 1
    assert out.tolist() == [most, 2**31 - 1, most, 2, most]
