"""The gate: every kernel, in each precision and index width, is no worse than its record.

Needs no GPU. `make test` compiles the kernels that changed since their record, for Hopper, in
float32 with 32-bit indices; `make gate` all, in both precisions and widths, for an architecture of
each generation. What the compiler made is kept on disk (kernels/inspect/stored.py).
"""

import functools

import pytest

from crosscheck.kernels.inspect import gate, inspection, record
from crosscheck.kernels.inspect.record import ARCHITECTURES
from crosscheck.kernels.inspect.variant import Variant

KNOWN = record.read(record.PATH)


@functools.cache
def launched():
    return dict(record.launched())


def is_for_all(variant):
    """Return whether `make test` looks at it, too: not where only the end of a kernel differs."""
    is_another_ending = variant.kernel.endswith(("_relu", "_pooled"))
    return variant[1:] == ("sm_90a", "float32", 32) and not is_another_ending


@functools.cache
def compiled(variant):
    return inspection.inspect(launched()[variant], ARCHITECTURES[variant.arch])


@pytest.mark.parametrize(
    "arch",
    [
        pytest.param(each, marks=() if each == "sm_90a" else pytest.mark.gate)
        for each in ARCHITECTURES
    ],
)
def test_the_record_has_every_kernel_and_no_other(arch):
    assert not gate.missing(KNOWN, arch)


@pytest.mark.parametrize(
    "variant",
    [pytest.param(each, id=str(each)) for each in sorted(KNOWN.lines) if is_for_all(each)],
)
def test_a_kernel_that_changed_is_no_worse_than_recorded(variant):
    launch = launched().get(variant)
    if launch and not record.is_of(KNOWN, variant, launch):
        check(variant)


@pytest.mark.gate
@pytest.mark.parametrize("variant", sorted(KNOWN.lines), ids=str)
def test_it_is_no_worse_than_recorded(variant):
    if variant not in launched():
        pytest.skip("no such kernel: the test above says so")
    check(variant)


def check(variant):
    found = compiled(variant)
    assert found.arch == variant.arch
    assert f".target {variant.arch}" in found.ptx
    complaints = gate.complaints(variant, found, KNOWN, record.compiler())
    assert not complaints, "\n".join(complaints)


def test_double_precision_and_64_bit_division_are_found_where_they_are():
    mix = compiled(Variant("convolution.direct.forward_kernel", "sm_90a", "float64", 64)).mix
    assert mix.double > 0
    assert mix.wide_divisions > 0


def test_shared_memory_is_what_the_kernel_declares():
    found = compiled(Variant("reduction.kernels.tree_kernel", "sm_90a", "float64", 32))
    assert found.resources.shared == 256 * 8
