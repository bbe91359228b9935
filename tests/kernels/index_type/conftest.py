"""Kernels with integer arguments, run on the CPU device and compiled for a GPU."""

import contextlib
import re

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.index_type import NUMBERS
from crosscheck.kernels.launch import wide_index

# PTX of 64 bits that finds no address. A shift is left out: a division by a constant ends in one.
_ARITHMETIC = re.compile(r"\b(?:sub|mul\.lo|mad\.lo|div|rem|min|max|or|xor|setp\.\w+)\.[usb]64\b")


@pytest.fixture(params=[32, 64])
def bits(request):
    """Make every launch of the test narrow, then wide; return how many bits `index` has."""
    with wide_index() if request.param == 64 else contextlib.nullcontext():
        yield request.param


def ptx(kernel, bits, *arguments):
    """Return a kernel's PTX for sm_90a, with these arguments; skip the test without a compiler."""
    integer = {32: np.uint32, 64: np.uint64}[bits]

    def passed(value):
        if isinstance(value, tuple):
            return tuple(map(passed, value))
        return NUMBERS[integer](value) if type(value) is int else value

    own = kernel.variant("cuda", np.float32, integer)
    try:
        return gpu.compile_for(own, tuple(map(passed, arguments)), (9, 0)).ptx
    except gpu.CompilerMissing as error:
        pytest.skip(str(error))


def wide_arithmetic(text):
    """Return the 64-bit instructions of PTX that are no part of an address."""
    return _ARITHMETIC.findall(text)
