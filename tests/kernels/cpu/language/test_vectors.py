"""Vector types: every name, construction from numbers and shorter vectors, and their parts."""

import numpy as np
import pytest
from numba import cuda, float32
from numba.cuda import float32x3, stubs

from crosscheck.kernels.cpu import jit
from crosscheck.kernels.cpu.cuda.vector_types import vector_types
from crosscheck.kernels.cpu.language import vectors

_NUMBERS = ["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"]


def test_every_name_of_numba_cuda_is_there():
    theirs = {name for stub in stubs._vector_type_stubs for name in (stub.__name__, *stub.aliases)}
    assert vectors.MEMBERS.keys() == theirs
    for stub in stubs._vector_type_stubs:
        for alias in stub.aliases:
            assert vectors.MEMBERS[alias] is vectors.MEMBERS[stub.__name__]
        assert set(vectors.MEMBERS[stub.__name__].aliases) == set(stub.aliases)


def kernel_of(name):
    scope = {"cuda": cuda}
    source = f"""
def build(x, out):
    one, two = cuda.{name}x1(x[0]), cuda.{name}x2(x[0], x[1])
    three = cuda.{name}x3(two, x[2])
    four = cuda.{name}x4(one, three)
    out[0], out[1], out[2], out[3] = four.x, four.y, four.z, four.w
    four = cuda.{name}x4(two, two)
    out[4], out[5], out[6], out[7] = four.x, four.y, four.z, four.w
    four = cuda.{name}x4(four)
    out[8] = cuda.{name}x3(x[2], cuda.{name}x2(one, one)).x + four.w
"""
    exec(source, scope)
    return jit(scope["build"])


@pytest.mark.parametrize("name", [*_NUMBERS, "float32", "float64"])
def test_construction(name):
    out = np.zeros(9, name)
    kernel_of(name)[1, 1](np.array([5, 6, 7], name), out)
    assert out.tolist() == [5, 5, 6, 7, 5, 6, 5, 6, 13]


@jit(device=True)
def swap(v):
    return cuda.float2(v.y, v.x)


@jit
def through_a_function(x, out):
    i = cuda.grid(1)
    v = cuda.float2(x[i], i)
    for _ in range(3):
        v = swap(v)
    out[i, 0], out[i, 1] = v.x, v.y


def test_vectors_are_values_that_functions_take_and_return():
    x, out = np.arange(4) + 0.5, np.zeros((4, 2))
    through_a_function[1, 4](x, out)
    np.testing.assert_array_equal(out, np.column_stack([np.arange(4), x]))


def test_types_by_name_for_signatures():
    float2 = vector_types["float32x2"]
    assert (float2.base_type, float2.num_elements, float2.attr_names) == (float32, 2, ("x", "y"))
    make = float2.user_facing_object
    area = jit(float32(float2), device=True)(lambda v: v.x * v.y)

    @jit
    def kernel(out):
        out[0] = area(make(3, 0.5))

    out = np.zeros(1)
    kernel[1, 1](out)
    assert out[0] == 1.5


def test_vectors_in_shared_and_local_arrays():
    float2 = vector_types["float32x2"]

    @jit(sanitize=True)
    def kernel(x, out):
        t = cuda.threadIdx.x
        tile, mine = cuda.shared.array(8, float2), cuda.local.array(1, float2)
        tile[t] = cuda.float2(x[t], 2)
        cuda.syncthreads()
        mine[0] = tile[7 - t]
        out[t] = mine[0].x * mine[0].y

    x, out = np.arange(8.0), np.zeros(8)
    kernel[1, 8](x, out)
    np.testing.assert_array_equal(out, 2 * x[::-1])


@jit
def casts(out):
    v = float32x3(0.1, 7, True)
    out[0], out[1], out[2] = v.x, v.y, v.z
    w = cuda.uchar2(257, -1)
    out[3], out[4] = w.x, w.y


def test_numbers_are_cast_to_the_vectors_type():
    out = np.zeros(5)
    casts[1, 1](out)
    assert out.tolist() == [float(np.float32(0.1)), 7, 1, 1, 255]


@jit
def too_many(out):
    out[0] = cuda.float2(1, 2, 3).x


@jit
def of_other_numbers(out):
    out[0] = cuda.int2(cuda.float2(1, 2)).x


@jit
def of_an_array(out):
    out[0] = cuda.int1(out).x


@pytest.mark.parametrize(
    "kernel, given",
    [
        (too_many, "float32x2 is given int64, int64, int64; expected 2 numbers"),
        (of_other_numbers, "int32x2 is given float32x2; expected .* vectors of int32"),
        (of_an_array, "int32x1 is given array"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(kernel, given):
    with pytest.raises(Exception, match=given):
        kernel[1, 1](np.zeros(1))


@jit
def no_such_part(out):
    out[0] = cuda.float2(1, 2).z


def test_an_attribute_it_does_not_have():
    with pytest.raises(Exception, match="Unknown attribute 'z' of type float32x2"):
        no_such_part[1, 1](np.zeros(1))
