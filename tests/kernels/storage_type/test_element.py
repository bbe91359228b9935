"""Elements of 16 bits: what a kernel reads and what it stores, against NumPy, on all numbers."""

import numpy as np
import pytest
from ml_dtypes import bfloat16

from crosscheck.kernels import gpu
from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.sanitizer.findings import RaceError
from crosscheck.kernels.launch import (
    cuda,
    debugged,
    device_function,
    index,
    kernel,
    real,
    sanitized,
)

SHORT = [np.float16, bfloat16]
pytestmark = pytest.mark.filterwarnings("ignore:invalid value", "ignore:overflow")
EVERY = np.arange(2**16, dtype=np.uint16)


@kernel
def convert(x, y):
    i = index(cuda.grid(1))
    if i < index(x.size):
        y[i] = x[i]


@kernel
def add_twice(x, y):
    i = index(cuda.grid(1))
    if i < index(x.size):
        y[i] += x[i]
        y[i] += x[i]


@device_function
def ends(x, i):
    return x[i], x[index(x.size) - i - 1]


@kernel
def of_tuples(x, y):
    i = index(cuda.grid(1))
    if i < index(x.size):
        first, last = ends(x, i)
        y[i] = first * last if i % 2 == 0 else real(1) / real(3)


@kernel
def of_views(x, y):
    y[1:] = x[0, :3]
    y[0] = x[1][2]


@kernel
def first_everywhere(x, y):
    y[0] = x[0]


@jit
def square(x, y):
    i = cuda.grid(1)
    if i < x.size:
        y[i] = x[i] * x[i]


def same(found, wanted):
    return np.array_equal(found.astype(np.float64), wanted.astype(np.float64), equal_nan=True)


def hard_floats(dtype):
    """Return float32 numbers of all sizes, and in the middle of two of dtype, or beside it."""
    rng = np.random.default_rng(0)
    bits = rng.integers(0, 2**32, 20000, dtype=np.uint32)
    numbers = EVERY.view(dtype).astype(np.float32)
    numbers = np.sort(numbers[np.isfinite(numbers)])
    middle = (numbers[:-1].astype(np.float64) + numbers[1:]) / 2
    middle = middle.astype(np.float32)
    infinity = np.float32(np.inf)
    beside = [np.nextafter(middle, infinity), np.nextafter(middle, -infinity)]
    special = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 65519.99, 65520, 3.4e38], np.float32)
    return np.concatenate([bits.view(np.float32), middle, *beside, special])


@pytest.mark.parametrize("dtype", SHORT)
def test_every_number_is_read_as_numpy_does(dtype):
    x, y = EVERY.view(dtype), np.empty(2**16, np.float32)
    convert.forall(x.size)(x, y)
    assert same(y, x.astype(np.float32))
    assert np.array_equal(np.signbit(y), EVERY >= 2**15)


@pytest.mark.parametrize("dtype", SHORT)
def test_every_number_is_copied_as_it_is(dtype):
    x = EVERY.view(dtype)
    y = np.empty_like(x)
    convert.forall(x.size)(x, y)
    numbers = ~np.isnan(x)
    assert np.array_equal(y.view(np.uint16)[numbers], EVERY[numbers])
    assert np.isnan(y[~numbers]).all()


@pytest.mark.parametrize("dtype", SHORT)
def test_what_is_stored_is_rounded_to_nearest_even(dtype):
    x = hard_floats(dtype)
    y = np.empty(x.shape, dtype)
    convert.forall(x.size)(x, y)
    assert same(y, x.astype(dtype))
    assert np.array_equal(np.signbit(y)[~np.isnan(x)], np.signbit(x)[~np.isnan(x)])


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("in_python", [False, True])
def test_an_augmented_assignment_rounds_every_time(dtype, in_python):
    x = np.array([1.0, 1.0, 3.0]).astype(dtype)
    y = np.array([2.0**8, 2.0**11, 2.0**-8]).astype(dtype)
    wanted = y
    for _ in range(2):
        wanted = (wanted.astype(np.float32) + x.astype(np.float32)).astype(dtype)
    if in_python:
        pytest.importorskip("greenlet")
        with debugged():
            add_twice.forall(x.size)(x, y)
    else:
        add_twice.forall(x.size)(x, y)
    assert same(y, wanted)
    assert y[SHORT.index(dtype) ^ 1] in (2.0**8, 2.0**11)  # what 1 is too small for


@pytest.mark.parametrize("dtype", SHORT)
@pytest.mark.parametrize("in_python", [False, True])
def test_elements_in_tuples_are_float32(dtype, in_python):
    x = np.array([0.1, 0.7, 1.3, 5.9]).astype(dtype)
    y = np.empty(4, np.float32)
    wide = x.astype(np.float32)
    wanted = np.where(np.arange(4) % 2 == 0, wide * wide[::-1], np.float32(1) / np.float32(3))
    if in_python:
        pytest.importorskip("greenlet")
        with debugged():
            of_tuples.forall(4)(x, y)
    else:
        of_tuples.forall(4)(x, y)
    assert np.array_equal(y, wanted)


@pytest.mark.parametrize("dtype", SHORT)
def test_views_of_arrays(dtype):
    x = np.arange(8).reshape(2, 4).astype(dtype)
    short, long = np.empty(4, dtype), np.empty(4, np.float32)
    for y in (short, long):
        of_views[1, 1](x, y)
        assert y.astype(int).tolist() == [6, 0, 1, 2]


def test_a_launch_takes_float32_and_one_dtype_of_16_bits():
    half, other, double = np.ones(2, np.float16), np.ones(2, bfloat16), np.ones(2)
    with pytest.raises(
        TypeError, match="bfloat16 and float16; expected one, or float32 and one of"
    ):
        convert.forall(2)(half, other)
    with pytest.raises(TypeError, match="float16 and float64; expected one"):
        convert.forall(2)(half, double)


def test_a_script_of_the_users_computes_in_16_bits():
    x, y = np.array([1 + 2.0**-10], np.float16), np.empty(1, np.float32)
    square[1, 1](x, y)
    assert y[0] == np.float32(x[0] * x[0]) != np.float32(x[0]) ** 2


@pytest.mark.parametrize("dtype", SHORT)
def test_the_sanitizer_watches_elements(dtype):
    x, y = np.ones(4, dtype), np.zeros(4, dtype)
    with sanitized():
        convert[1, 4](x, y)
        assert same(y, x)
        with pytest.raises(IndexError):
            convert[1, 5](x, y[:3])
    with sanitized(same_value=True), pytest.raises(RaceError):
        first_everywhere[1, 4](x, y)
    with sanitized(same_value=False, keep_going=False):
        first_everywhere[1, 4](x, y)


@pytest.mark.parametrize("capability", [(8, 0), (9, 0)])
@pytest.mark.parametrize(
    "dtype, wanted", [(np.float16, "cvt.rn.f16.f32"), (bfloat16, "cvt.rn.bf16.f32")]
)
def test_a_gpu_loads_and_stores_16_bits(dtype, wanted, capability):
    x, y = np.empty(4, np.float32), np.empty(4, dtype)
    ptx = compiled(convert, capability, x, y)
    assert wanted in ptx
    assert "st.global.u16" in ptx or "st.global.b16" in ptx
    ptx = compiled(convert, capability, y, x)
    assert "ld.global.u16" in ptx or "ld.global.b16" in ptx
    assert "st.global.u32" in ptx or "st.global.f32" in ptx
    assert "call" not in ptx


def compiled(kernel, capability, *arguments):
    own = kernel.variant("cuda", np.float32, np.uint32)
    try:
        return gpu.compile_for(own, arguments, capability).ptx
    except gpu.CompilerMissing as error:
        pytest.skip(str(error))
