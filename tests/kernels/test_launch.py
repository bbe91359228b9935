"""One source, two precisions, two index widths, two modes; the device picked from the arrays."""

import sys
import threading
import types

import numpy as np
import pytest

from crosscheck.kernels import arrays
from crosscheck.kernels.cpu import InitError, modes
from crosscheck.kernels.launch import (
    cuda,
    device_function,
    index,
    kernel,
    real,
    sanitized,
    wide_index,
)


@device_function
def half(value):
    return value / real(2)


@kernel
def affine(x, y, coefficients, negate):
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        value = half(x[i]) * real(coefficients[0]) + real(coefficients[1])
        y[i] = -value if negate else value


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("negate", [False, True])
def test_one_source_serves_both_precisions(dtype, negate):
    x = np.arange(1000, dtype=dtype)
    y = np.full_like(x, np.nan)
    affine.forall(x.size)(x, y, (3, 4), negate)
    assert (y == (-1) ** negate * (x / 2 * 3 + 4)).all()


@kernel
def widths(x, index_bits, real_bits):
    index_bits[0] = 64 if (index(0) - 1) >> 31 > 1 else 32
    real_bits[0] = 64 if real(1) + real(2.0**-40) > real(1) else 32


def measured(x):
    bits = np.zeros((2, 1), np.int64)
    widths[1, 1](x, *bits)
    return bits.ravel().tolist()


def test_launch_types_mean_what_they_say():
    single, double = np.zeros(1, np.float32), np.zeros(1)
    assert measured(single) == [32, 32]
    assert measured(double) == [32, 64]
    with wide_index():
        assert measured(single) == [64, 32]
        assert measured(double) == [64, 64]
    assert measured(single) == [32, 32]


def test_an_array_of_2_to_the_31_elements_gets_wide_indices():
    huge = np.broadcast_to(np.zeros(1, np.float32), 2**31)  # 4 bytes of memory
    assert measured(huge) == [64, 32]
    assert measured(huge[1:]) == [32, 32]


@kernel
def store_number(x, number):
    x[0] = number


@pytest.mark.parametrize("number", [0, 2**31 - 1, 2**31, 2**40])
def test_integers_arrive_whole(number):
    x = np.zeros(1, np.int64)
    store_number[1, 1](x, number)
    assert x[0] == number


@kernel
def store_real(x, wide, number, numbers):
    product = number * number  # 64 bits wide only where `number` arrived as float64
    x[0] = product
    x[1] = numbers[0] + real(numbers[1])
    wide[0] = product != real(number) * real(number)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("of", [float, np.float64])
def test_python_floats_arrive_as_real(dtype, of):
    x, wide = np.zeros(2, dtype), np.ones(1, bool)
    store_real[1, 1](x, wide, of(0.1), (of(0.2), 3))
    assert x[0] == dtype(0.1) * dtype(0.1) and not wide[0]
    assert x[1] == dtype(dtype(0.2) + 3)


def test_two_floating_dtypes_are_refused():
    with pytest.raises(TypeError, match="float32 and float64; expected one"):
        affine.forall(1)(np.zeros(1), np.zeros(1, np.float32), (1, 1), False)


def test_two_devices_are_refused(monkeypatch):
    class FakeArray:  # stands for cupy.ndarray where there is no GPU
        size, dtype, shape, strides = 1, np.dtype(np.float64), (1,), (8,)
        data = types.SimpleNamespace(device_id=0)

    monkeypatch.setitem(sys.modules, "cupy", types.SimpleNamespace(ndarray=FakeArray))
    with pytest.raises(ValueError, match="devices of the arrays are cpu and cuda; expected one"):
        affine.forall(1)(np.zeros(1), FakeArray(), (1, 1), False)


def test_no_array_at_all_is_refused():
    with pytest.raises(ValueError, match="devices of the arrays are none; expected one"):
        store_number[1, 1](1, 2)


def test_forall_of_nothing_launches_nothing():
    affine.forall(0)("not even looked at")


def test_sanitized_names_the_kernel_and_leaves_nothing_behind():
    x = np.zeros(2)
    with sanitized(), pytest.raises(IndexError, match=r"affine: y\[1\] is out of bounds"):
        affine.forall(2)(x, np.zeros(1), (1, 1), False)
    affine.forall(1)(x, np.zeros(1), (1, 1), False)  # and now nothing is checked
    assert not modes.current().sanitize


@kernel
def add_one(x):
    x[index(cuda.grid(1))] += real(1)


def test_an_output_that_nobody_wrote_is_named():
    like = np.zeros(1)
    with sanitized(), pytest.raises(InitError, match=r"add_one: initcheck: x\[0\] is read"):
        add_one[1, 1](arrays.empty((1,), np.float64, like))
    with sanitized("memcheck", "racecheck"):
        add_one[1, 1](arrays.empty((1,), np.float64, like))
    with pytest.raises(ValueError, match="sanitize is .*'race'"), sanitized("race"):
        pass


def test_modes_are_a_threads_own():
    seen, inside, done = [], threading.Event(), threading.Event()

    def other():
        inside.wait()
        seen.append(measured(np.zeros(1, np.float32)))
        done.set()

    thread = threading.Thread(target=other)
    thread.start()
    with wide_index():
        inside.set()
        done.wait()
    thread.join()
    assert seen == [[32, 32]]


def test_a_grid_of_2_to_the_31_threads_gets_wide_indices():
    assert affine._meaning((2**21, 1024), (np.zeros(1),))[2] is np.uint64
    assert affine._meaning(((2**21 - 1, 7), (1024, 1)), (np.zeros(1),))[2] is np.uint32


@pytest.mark.parametrize("number", [-1, 2**64, (3, -2)])
def test_an_integer_that_no_index_holds_is_named(number):
    with pytest.raises(ValueError, match="store_number: argument 1 is .*; expected an integer of"):
        store_number[1, 1](np.zeros(1, np.int64), number)


@pytest.mark.parametrize("count, block", [(-5, 256), (5, 0)])
def test_forall_checks_its_numbers(count, block):
    with pytest.raises(ValueError, match=f"forall\\({count}, {block}\\); expected a count"):
        affine.forall(count, block)


def test_launch_types_are_for_kernels():
    with pytest.raises(TypeError, match="real has a meaning only inside a kernel"):
        real(0)
