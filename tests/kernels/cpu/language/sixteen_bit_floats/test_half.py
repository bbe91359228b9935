"""float16 in kernels: arrays, scalars, casts and operators, each rounded to float16."""

import math

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit

_EVERY = np.arange(2**16, dtype=np.uint16).view(np.float16)
_SOME = np.array([0, -0.0, 1, -1.5, 0.1, 65504, 6e-8, 1e-5, 3, -7.25, np.inf, -np.inf, np.nan], "e")
_X, _Y = (v.ravel().copy() for v in np.meshgrid(_SOME, _SOME))


def same(given, expected):
    """Compare halves bit by bit, any NaN being as good as another."""
    expected = np.asarray(expected, np.float16)
    np.testing.assert_array_equal(given, expected)
    numbers = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(given[numbers]), np.signbit(expected[numbers]))


@jit
def arithmetic(x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[0, i] = x[i] + y[i]
        out[1, i] = x[i] - y[i]
        out[2, i] = x[i] * y[i]
        out[3, i] = x[i] / y[i]
        out[4, i] = -x[i]
        out[5, i] = abs(x[i])
        value = x[i]
        value += y[i]
        value *= y[i]  # a sum that was not rounded, or fused with the product, would differ
        out[6, i] = value


def test_arithmetic():
    out = np.zeros((7, _X.size), np.float16)
    arithmetic[2, 128](_X, _Y, out)
    with np.errstate(all="ignore"):
        rows = [_X + _Y, _X - _Y, _X * _Y, _X / _Y, -_X, np.abs(_X), (_X + _Y) * _Y]
    for given, expected in zip(out, rows, strict=True):
        same(given, expected)


@jit
def compare(x, y, out):
    i = cuda.grid(1)
    if i < x.size:
        out[0, i] = x[i] == y[i]
        out[1, i] = x[i] != y[i]
        out[2, i] = x[i] < y[i]
        out[3, i] = x[i] <= y[i]
        out[4, i] = x[i] > y[i]
        out[5, i] = x[i] >= y[i]
        out[6, i] = bool(x[i])
        out[7, i] = not x[i]


def test_comparisons():
    out = np.zeros((8, _X.size), bool)
    compare[2, 128](_X, _Y, out)
    rows = [_X == _Y, _X != _Y, _X < _Y, _X <= _Y, _X > _Y, _X >= _Y, _X != 0, _X == 0]
    np.testing.assert_array_equal(out, rows)


@jit
def convert(x, out):
    i = cuda.grid(1)
    out[i] = x[i]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_to_wider_floats(dtype):
    out = np.zeros(_EVERY.size, dtype)
    convert[64, 1024](_EVERY, out)
    np.testing.assert_array_equal(out, _EVERY.astype(dtype))


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_from_wider_floats_at_every_tie(dtype):
    halves = np.sort(np.abs(_EVERY[np.isfinite(_EVERY)].astype(dtype)))
    ties = (halves[1:] + halves[:-1]) / 2
    near = [np.nextafter(ties, dtype(side)) for side in (0, np.inf)]
    beyond = np.array([65519.99, 65520, 1e30, np.inf, np.nan], dtype)
    x = np.concatenate([ties, *near, beyond])
    x = np.concatenate([x, -x])
    x = np.resize(x, -(-x.size // 1024) * 1024)
    out = np.zeros(x.size, np.float16)
    convert[x.size // 1024, 1024](x, out)
    with np.errstate(over="ignore"):
        same(out, x.astype(np.float16))


@pytest.mark.parametrize("dtype", [np.int8, np.uint16, np.int32, np.int64, np.uint64, np.bool_])
def test_integers(dtype):
    x = np.array([0, 1, 100, 2049, 2051, 65519, 65520, 2**31 - 1]).astype(dtype)
    out = np.zeros(8, np.float16)
    convert[1, 8](x, out)
    with np.errstate(over="ignore"):
        same(out, x.astype(np.float64).astype(np.float16))
    back = np.zeros(4, dtype)
    halves = np.array([0, 1.75, 100.5, 7], np.float16)
    convert[1, 4](halves, back)
    np.testing.assert_array_equal(back, halves.astype(dtype))


@jit
def shared_and_local(x, out):
    i = cuda.threadIdx.x
    tile = cuda.shared.array(64, np.float16)
    mine = cuda.local.array(2, np.float16)
    tile[i] = x[i]
    cuda.syncthreads()
    mine[0] = tile[63 - i]
    mine[1] = np.float16(0.1)
    out[i] = mine[0] * mine[1]


def test_shared_and_local_arrays():
    x = np.arange(64).astype(np.float16)
    out = np.zeros(64, np.float16)
    shared_and_local[1, 64](x, out)
    same(out, x[::-1] * np.float16(0.1))


@jit
def mixed(h, out):
    out[0] = h + 0.1  # a float64
    out[1] = h + np.int8(2)  # a float16
    out[2] = max(h, np.float16(0.25))
    out[3] = min(h, np.int8(3))
    out[4] = math.sqrt(h)  # a float16
    out[5] = math.floor(h)
    out[6] = float(h) * h  # still a float16
    out[7] = int(h + np.float16(3.7))


def test_a_scalar_argument_and_other_numbers():
    h, out = np.float16(0.1), np.zeros(8)
    mixed[1, 1](h, out)
    three = np.float16(h + np.float16(3.7))
    root = np.float16(np.sqrt(np.float32(h)))
    expected = [float(h) + 0.1, h + np.float16(2), 0.25, h, root, 0, h * h, int(three)]
    np.testing.assert_array_equal(out, [float(value) for value in expected])
