"""Device functions that call themselves: how deep, and what is refused."""

import numpy as np
import pytest
from numba import cuda
from numba.core.errors import TypingError, UnsupportedError

from crosscheck.kernels.cpu import jit


@jit(device=True)
def factorial(n):
    return 1 if n < 1 else n * factorial(n - 1)


@jit("i8(i8)", device=True)
def fibonacci(n):
    if n < 2:
        return n
    return fibonacci(n - 1) + fibonacci(n - 2)


@jit(device=True)
def depth(n):
    own = cuda.local.array(16, np.int64)
    own[n % 16] = n
    return 0 if n < 1 else depth(n - 1) + own[n % 16] - n + 1


@jit(device=True)
def even(n):
    return True if n == 0 else odd(n - 1)


@jit(device=True)
def odd(n):
    return False if n == 0 else even(n - 1)


@jit(device=True)
def runaway(n):
    return runaway(n)


def test_of_a_constant_and_by_a_declared_type():
    @jit
    def kernel(out):
        out[0], out[1] = factorial(5), fibonacci(out[2])

    out = np.array([0, 0, 10])
    kernel[1, 1](out)
    assert out.tolist() == [120, 55, 10]


@pytest.mark.parametrize("sanitize", [False, True])
def test_a_full_stack_is_an_error_and_its_neighbours_are_untouched(sanitize):
    @jit(sanitize=sanitize)
    def kernel(depths, out):
        t = cuda.threadIdx.x
        own = cuda.local.array(4, np.int64)
        own[t % 4] = t
        cuda.syncthreads()  # all stand on their stacks
        out[t] = depth(depths[t])
        cuda.syncthreads()
        out[t] += own[t % 4]

    depths, out = np.arange(64) % 50, np.zeros(64, np.int64)
    kernel[1, 64](depths, out)
    assert out.tolist() == (depths + np.arange(64)).tolist()
    depths[40] = 1_000_000
    text = r"calls go too deep for a thread's stack of 160 KB, thread \(40, 0, 0\)"
    with pytest.raises(RecursionError, match=text):
        kernel[1, 64](depths, out)


def test_functions_that_call_each_other_are_refused():
    @jit
    def kernel(out):
        out[0] = even(out[1])

    with pytest.raises(UnsupportedError, match="device functions call each other"):
        kernel[1, 1](np.array([0, 4]))


def test_a_type_that_only_the_recursion_determines():
    @jit
    def kernel(out):
        out[0] = runaway(1)

    with pytest.raises(TypingError, match="cannot type infer runaway recursion"):
        kernel[1, 1](np.zeros(1))
