"""What is read from object code: where the functions lie, and whether locks may be held."""

import ctypes

import numpy as np
import pytest
from numba import cuda

from crosscheck.kernels.cpu import jit


@jit
def plain(x):
    x[cuda.grid(1)] = np.sin(x[0])


@jit
def clears(x):
    for i in range(x.size):
        x[i] = 0


@jit
def prints(x):
    print(x[0])


@jit
def copies(x):
    x[:] = x[::-1]  # numba copies what may overlap, in memory from malloc


@pytest.mark.parametrize(
    "kernel, locks", [(plain, False), (clears, False), (prints, True), (copies, True)]
)
def test_locks_are_those_of_malloc_and_printf(kernel, locks):
    kernel[1, 1](np.zeros(4))
    (overload,) = kernel.overloads.values()
    assert overload.program.holds_locks == locks


def test_the_section_is_in_memory_where_the_entry_says():
    plain[1, 1](np.zeros(4))
    (overload,) = plain.overloads.values()
    program, object_code = overload.program, overload.program.library[2][0]
    start, end = program.text.range_at(overload.address)
    assert start <= overload.address < end
    entry = ctypes.string_at(overload.address, 16)  # the prologue has no address in it
    loaded = ctypes.string_at(start, end - start)
    assert entry in object_code
    assert len(loaded) == program.text.size
    first = object_code.index(entry) - program.text.entry
    same = sum(a == b for a, b in zip(loaded, object_code[first:], strict=False))
    assert same > 0.7 * len(loaded)  # the rest are addresses, which the loader fills in
