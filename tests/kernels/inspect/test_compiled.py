"""Every kernel compiles, in each precision and index width, without spills; needs no GPU."""

import functools

import numpy as np
import pytest

from crosscheck.kernels import gpu
from crosscheck.kernels.inspect import inspection, launches, sass

HOPPER = 9, 0
NAMES = [each.name for each in launches.record(np.float32, 32)]
each_kernel = pytest.mark.parametrize("name", NAMES)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
each_width = pytest.mark.parametrize("index_bits", [32, 64])


@functools.cache
def compiled(name, dtype, index_bits):
    found = next(each for each in launches.record(dtype, index_bits) if each.name == name)
    return inspection.inspect(found, HOPPER)


@pytest.fixture
def inspected():
    """Return a function that compiles a kernel, or skips the test where it cannot."""

    def inspect(*variant):
        try:
            return compiled(*variant)
        except gpu.CompilerMissing as error:
            pytest.skip(str(error))

    return inspect


@pytest.fixture
def counted(inspected):
    """Return a function that counts a kernel's instructions, or skips the test where it cannot."""

    def count(*variant):
        return inspected(*variant).mix or pytest.skip(sass.MISSING)

    return count


@each_width
@each_dtype
@each_kernel
def test_it_compiles_fits_and_spills_nothing(inspected, name, dtype, index_bits):
    found = inspected(name, dtype, index_bits)
    assert found.arch == "sm_90a"
    assert ".target sm_90a" in found.ptx
    resources = found.resources
    assert (resources.spill_stores, resources.spill_loads, resources.stack) == (0, 0, 0)
    assert found.occupancy.blocks > 0


@each_width
@each_kernel
def test_float32_kernels_have_no_double_precision(counted, name, index_bits):
    assert counted(name, np.float32, index_bits).double == 0


@each_dtype
@each_kernel
def test_32_bit_indices_have_no_64_bit_division(counted, name, dtype):
    assert counted(name, dtype, 32).wide_divisions == 0


def test_double_precision_and_64_bit_division_are_found_where_they_are(counted):
    mix = counted("convolution.direct.forward_kernel", np.float64, 64)
    assert mix.double > 0
    assert mix.wide_divisions > 0


def test_shared_memory_is_what_the_kernel_declares(inspected):
    found = inspected("convolution.bias_tree.tree_kernel", np.float64, 32)
    assert found.resources.shared == 256 * 8
