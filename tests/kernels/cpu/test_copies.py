"""Device functions are compiled once for all kernels that mean the same by them."""

import numpy as np
import pytest
from numba import cuda, int64

from kernels.cpu import jit
from kernels.cpu.copies import for_cpu
from kernels.cpu.errors import BarrierError
from kernels.cpu.rebind import references
from kernels.cpu.traits import Instrumentation

step = 1
table = np.arange(4)


@jit(device=True)
def shifted(value):
    return value + step


@jit(device=True)
def twice_shifted(value):
    return 2 * shifted(value)


@jit(device=True)
def looked_up(i):
    return table[i]


@jit(device=True)
def countdown(n):
    return 0 if n == 0 else 1 + countdown(n - 1)


def copy_in(function, instrumentation=Instrumentation.NONE, flags=()):
    """Return the copy of a device function in a kernel of its own."""

    def kernel(x):
        x[0] = function(x[0])

    return references(for_cpu(kernel, instrumentation, flags))["function"]


@pytest.mark.parametrize("function", [shifted, twice_shifted, countdown])
def test_kernels_share_a_copy(function):
    assert copy_in(function) is copy_in(function)


def test_another_way_to_compile_is_another_copy():
    copies = {
        copy_in(shifted),
        copy_in(shifted, Instrumentation.BOUNDS),
        copy_in(shifted, flags=(("fastmath", True),)),
    }
    assert len(copies) == 3


def test_a_changed_global_is_another_copy_of_all_that_reach_it(monkeypatch):
    before = copy_in(twice_shifted)
    monkeypatch.setitem(globals(), "step", 2)
    assert copy_in(twice_shifted) is not before
    monkeypatch.undo()
    assert copy_in(twice_shifted) is before


def test_changed_code_is_another_copy(monkeypatch):
    before = copy_in(shifted)
    monkeypatch.setattr(shifted.py_func, "__code__", (lambda value: value + step).__code__)
    assert copy_in(shifted) is not before


def test_an_array_whose_values_may_change_is_copied_with_each_kernel():
    def run():
        @jit
        def kernel(x):
            x[0] = looked_up(3)

        x = np.zeros(1, np.int64)
        kernel[1, 1](x)
        return x[0]

    assert run() == 3
    table[3] = 7
    try:
        assert run() == 7
    finally:
        table[3] = 3


def test_static_shared_arrays_have_their_places_in_every_kernel():
    @jit(device=True)
    def neighbour(value):
        own = cuda.shared.array(32, int64)
        own[cuda.threadIdx.x] = value
        cuda.syncthreads()
        return own[cuda.threadIdx.x ^ 1]

    def make(size):
        @jit
        def kernel(x):
            tile = cuda.shared.array(size, int64)
            t = cuda.threadIdx.x
            tile[t] = t
            x[t] = neighbour(100 + t) + tile[t] - t

        return kernel

    for size in (32, 64, 34):
        kernel = make(size)
        x = np.zeros(32, np.int64)
        kernel[1, 32](x)
        assert (x == 100 + (np.arange(32) ^ 1)).all()
        assert kernel.get_shared_mem_per_block(kernel.signatures[0]) == 8 * (size + 32)


def test_what_a_function_waits_for_is_known_in_every_kernel():
    @jit(device=True)
    def meet():
        cuda.syncthreads()  # here

    def make(limit):
        @jit
        def kernel(x):
            if cuda.threadIdx.x < limit:
                meet()
            else:
                cuda.syncwarp()
            x[0] = 1

        return kernel

    here = meet.py_func.__code__.co_firstlineno + 2
    for limit in (4, 8):
        kernel = make(limit)
        with pytest.raises(BarrierError, match=f"{limit - 1} more are.*test_copies.py:{here}"):
            kernel[1, 32](np.zeros(1))
