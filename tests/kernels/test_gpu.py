"""How numba-cuda takes the arguments of a launch: asked of its own code, no GPU needed."""

import ctypes

import numpy as np
import pytest
from numba.core import types
from numba.cuda import dispatcher

from crosscheck.kernels import gpu
from crosscheck.kernels.index_type import NUMBERS, TYPES
from crosscheck.kernels.launch import kernel


@kernel
def store(x, number, pair, word):
    x[pair] = x[number, number]


@pytest.mark.parametrize(
    "integer, c_type", [(np.uint32, ctypes.c_uint32), (np.uint64, ctypes.c_uint64)]
)
def test_an_index_keeps_its_type_and_is_passed_as_the_integer_it_is(monkeypatch, integer, c_type):
    number, own = NUMBERS[integer], store.variant("cuda", np.float32, integer).dispatcher
    arguments = np.zeros((4, 4), np.float32), number(3), (number(2), number(1)), np.uint32(7)
    typed = tuple(map(gpu._typed, arguments))

    compiled_for = []
    monkeypatch.setattr(own, "compile", compiled_for.append)
    own._compile_for_args(*typed)  # what the dispatcher's C code calls for arguments of new types
    index = TYPES[integer]
    assert compiled_for[0][1:] == (index, types.UniTuple(index, 2), types.uint32)

    class Launch:  # a compiled kernel, as far as its arguments are concerned
        extensions = own.extensions
        _prepare_args = dispatcher._Kernel._prepare_args

    passed = []
    for type_, value in zip(compiled_for[0][1:], typed[1:], strict=True):
        Launch()._prepare_args(type_, value, 0, [], passed)
    assert [each.value for each in passed] == [3, 2, 1, 7]
    assert [type(each) for each in passed] == [c_type] * 3 + [ctypes.c_uint32]
