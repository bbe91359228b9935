"""Arguments other than plain numbers: complex numbers, times, enums, records, tuples."""

import cmath
import enum
import math
from collections import namedtuple

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def complex_numbers(x, y, out):
    i = cuda.grid(1)
    out[0, i] = x[i] * y[i] + 1j
    out[1, i] = x[i] / y[i]
    out[2, i] = cmath.exp(x[i])
    out[3, i] = x[i].conjugate() ** 2
    out[4, i] = complex(abs(x[i]), cmath.phase(x[i]))
    out[5, i] = x[i].imag


@pytest.mark.parametrize("dtype", [np.complex64, np.complex128])
def test_complex_numbers(dtype):
    random = np.random.default_rng(0)
    x, y = (random.normal(size=(2, 8)) + 1j * random.normal(size=(2, 8))).astype(dtype)
    out = np.zeros((6, 8), dtype)
    complex_numbers[1, 8](x, y, out)
    conjugate_square = x.conj() ** 2
    polar = np.abs(x) + 1j * np.angle(x)
    expected = [x * y + 1j, x / y, np.exp(x), conjugate_square, polar, x.imag]
    np.testing.assert_allclose(out, expected, rtol=20 * np.finfo(dtype).eps)


_MARCH, _DAY = np.datetime64("2024-03-01"), np.timedelta64(1, "D")


@jit
def times(start, step, late, out, days):
    i = cuda.grid(1)
    out[i] = start[i] + step * 2
    late[i] = out[i] > _MARCH
    days[i] = (out[i] - start[i]) / _DAY


def test_times():
    start = np.array(["2024-02-26", "2024-02-27", "2023-12-31"], "M8[D]")
    out, late, days = np.zeros_like(start), np.zeros(3, bool), np.zeros(3)
    times[1, 3](start, np.timedelta64(2, "D"), late, out, days)
    np.testing.assert_array_equal(out, start + np.timedelta64(4, "D"))
    assert late.tolist() == [False, True, False]
    assert days.tolist() == [4, 4, 4]


class Colour(enum.Enum):
    RED = 1
    GREEN = 2


class Level(enum.IntEnum):
    LOW = 10
    HIGH = 20


@jit
def enums(colour, level, out):
    out[0] = colour == Colour.GREEN
    out[1] = level + Level.LOW
    out[2] = Colour.RED.value
    out[3] = level > Level.LOW


def test_enums():
    out = np.zeros(4)
    enums[1, 1](Colour.GREEN, Level.HIGH, out)
    assert out.tolist() == [1, 30, 1, 1]


_PARTICLE = np.dtype([("mass", np.float32), ("id", np.int32), ("at", np.float64, (3,))], align=True)
_PAIR = np.dtype([("first", _PARTICLE), ("second", _PARTICLE)], align=True)


@jit
def records(x, out):
    i = cuda.grid(1)
    tile = cuda.shared.array(4, _PARTICLE)
    tile[i] = x[i]
    cuda.syncthreads()
    other = tile[3 - i]
    out[i].first = other
    out[i].second.mass = other.mass * 2
    out[i].second.id = other["id"]
    for axis in range(3):
        out[i].second.at[axis] = -other.at[axis]


def test_records_nested_and_in_shared_memory():
    x, out = np.zeros(4, _PARTICLE), np.zeros(4, _PAIR)
    x["mass"], x["id"], x["at"] = np.arange(4), np.arange(4) + 10, np.arange(12).reshape(4, 3)
    records[1, 4](x, out)
    np.testing.assert_array_equal(out["first"], x[::-1])
    np.testing.assert_array_equal(out["second"]["mass"], 2 * x["mass"][::-1])
    np.testing.assert_array_equal(out["second"]["id"], x["id"][::-1])
    np.testing.assert_array_equal(out["second"]["at"], -x["at"][::-1])


@jit
def one_record(r, out):
    out[0] = r.mass + r.id + r.at[2]


def test_a_record_as_an_argument():
    x, out = np.zeros(1, _PARTICLE), np.zeros(1)
    x["mass"], x["id"], x["at"] = 0.5, 3, [1, 2, 4]
    one_record[1, 1](x[0], out)
    assert out[0] == 7.5


Box = namedtuple("Box", "low high")


@jit
def tuples(box, pair, out):
    out[0] = box.high - box.low
    first, (second, x) = pair
    out[1] = first + second + x[0]
    out[2] = len(pair)
    low, high = Box(3, 4)
    out[3] = math.hypot(low, high)


def test_tuples_with_names_nested_and_with_arrays():
    out = np.zeros(4)
    tuples[1, 1](Box(1, 3.5), (1, (True, np.full(2, 7.0))), out)
    assert out.tolist() == [2.5, 9, 2, 5]
