"""The target of kernels differs from numba's CPU target, which stays as it is."""

import math

import numpy as np
import pytest
from numba import cuda, njit

from crosscheck.kernels.cpu import jit


@njit
def halve_down(x):
    return math.floor(x) / 2


@jit
def call(x, out):
    i = cuda.grid(1)
    out[i] = halve_down(x[i])


def test_an_njit_function_is_compiled_for_the_kernel_and_stays_itself():
    x = np.array([3.5, -np.inf, 1e300], np.float64)
    out = np.zeros(3)
    call[1, 3](x, out)
    assert out.tolist() == [1.5, -np.inf, 5e299]  # numba's own floor is an int64
    assert halve_down(3.5) == 1.5
    assert halve_down.overloads.keys() == {(halve_down.typeof_pyval(3.5),)}


@njit
def of_plain_njit(x):
    return math.floor(x), math.gcd(4, 6), max(x, math.nan)


def test_plain_njit_keeps_numbas_meaning():
    x, out = np.ones(1), np.ones(1)
    call[1, 1](x, out)  # kernels have theirs by now
    floor, divisor, largest = of_plain_njit(2.5)
    assert type(floor) is int and floor == 2
    assert divisor == 2 and largest == 2.5


_BIG = np.arange(300_000.0)
_EVERY_SECOND = np.arange(20)[::2]
_NUMBER = np.array(5)


@jit
def globals_(out):
    out[0] = _BIG[-1]
    out[1] = _EVERY_SECOND[3]
    out[2] = _NUMBER[()]


def test_global_arrays_of_any_size_and_layout_are_part_of_the_program():
    out = np.zeros(3)
    globals_[1, 1](out)
    assert out.tolist() == [299_999, 6, 5]


@jit
def common_divisor(out):
    out[0] = math.gcd(4, 6)


def test_what_numba_cuda_lacks_is_refused_by_name():
    with pytest.raises(Exception, match="math.gcd is not a function that numba.cuda has"):
        common_divisor[1, 1](np.zeros(1))
