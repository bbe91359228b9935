"""Every kernel compiles, in each precision and index width, without spills; needs no GPU.

`make test` compiles for Hopper, `make gate` for an architecture of each generation. What is found
is kept on disk (kernels/inspect/stored.py): only a changed kernel is compiled again.
"""

import functools

import numpy as np
import pytest

from crosscheck.kernels.inspect import inspection, launches

NAMES = [each.name for each in launches.record(np.float32, 32)]
ARCHITECTURES = {"sm_80": (8, 0), "sm_90a": (9, 0), "sm_100a": (10, 0), "sm_120a": (12, 0)}
each_kernel = pytest.mark.parametrize("name", NAMES)
each_dtype = pytest.mark.parametrize("dtype", [np.float32, np.float64])
each_width = pytest.mark.parametrize("index_bits", [32, 64])
each_architecture = pytest.mark.parametrize(
    "arch",
    [
        each if each == "sm_90a" else pytest.param(each, marks=pytest.mark.gate)
        for each in ARCHITECTURES
    ],
)


@functools.cache
def recorded(dtype, index_bits):
    return {each.name: each for each in launches.record(dtype, index_bits)}


@functools.cache
def compiled(name, dtype, index_bits, arch="sm_90a"):
    return inspection.inspect(recorded(dtype, index_bits)[name], ARCHITECTURES[arch])


@each_architecture
@each_width
@each_dtype
@each_kernel
def test_it_compiles_fits_and_spills_nothing(name, dtype, index_bits, arch):
    found = compiled(name, dtype, index_bits, arch)
    assert found.arch == arch
    assert f".target {arch}" in found.ptx
    resources = found.resources
    assert (resources.spill_stores, resources.spill_loads, resources.stack) == (0, 0, 0)
    assert found.occupancy.blocks > 0


@each_architecture
@each_width
@each_kernel
def test_float32_kernels_have_no_double_precision(name, index_bits, arch):
    assert compiled(name, np.float32, index_bits, arch).mix.double == 0


@each_architecture
@each_dtype
@each_kernel
def test_32_bit_indices_have_no_64_bit_division(name, dtype, arch):
    assert compiled(name, dtype, 32, arch).mix.wide_divisions == 0


@each_architecture
def test_double_precision_and_64_bit_division_are_found_where_they_are(arch):
    mix = compiled("convolution.direct.forward_kernel", np.float64, 64, arch).mix
    assert mix.double > 0
    assert mix.wide_divisions > 0


def test_shared_memory_is_what_the_kernel_declares():
    found = compiled("reduction.kernels.tree_kernel", np.float64, 32)
    assert found.resources.shared == 256 * 8
