"""What the gate says of a kernel: changed in one figure each, against its own record."""

import dataclasses

import pytest

from crosscheck.kernels.inspect import gate, launches, record
from crosscheck.kernels.inspect.inspection import inspect
from crosscheck.kernels.inspect.record import Record
from crosscheck.kernels.inspect.variant import Variant

COMPARED = gate.LESS_IS_BETTER + gate.MORE_IS_BETTER
VARIANT = Variant("loss.mse_loss.partial_kernel", "sm_90a", "float32", 64)


@pytest.fixture
def found(recorded):
    launch = next(each for each in launches.record(float, 64) if each.name == VARIANT.kernel)
    return inspect(launch, (9, 0))


def complaints(found, compiler="numba 1", variant=VARIANT, **line):
    """Return the complaints against a record that is like `found`, but for `line`."""
    known = dataclasses.replace(record.figures(found), **line)
    return gate.complaints(variant, found, Record("numba 1", {variant: known}), compiler)


def spilling(found, **sizes):
    return dataclasses.replace(found, resources=dataclasses.replace(found.resources, **sizes))


def test_nothing_is_wrong_with_what_is_recorded(found):
    assert complaints(found) == []


@pytest.mark.parametrize("name", sorted({*COMPARED} - {"spills", "stack"}))  # forbidden: below
def test_a_worse_figure_is_named_with_what_to_do(found, name):
    value = getattr(record.figures(found), name)
    better = value * (0.9 if name in gate.LESS_IS_BETTER else 1.1)
    first, advice = complaints(found, **{name: better})
    assert first == f"{VARIANT}: {name} is {value:g}; the record has {better:g}"
    assert advice.endswith("crosscheck inspect loss.mse_loss.partial_kernel --update")
    worse = value * (1.1 if name in gate.LESS_IS_BETTER else 0.9)
    assert complaints(found, **{name: worse}) == []


def test_the_code_outside_the_loop_may_grow_by_a_fiftieth(found):
    assert complaints(found, instructions=69) == []
    assert complaints(found, instructions=68)


def test_another_compiler_has_some_slack_and_is_named(found):
    assert complaints(found, registers=17.5)
    assert complaints(found, registers=17.5, compiler="numba 2") == []
    *_, said = complaints(found, registers=16, compiler="numba 2")
    assert "the record's compiler is another: numba 1; this is numba 2" in said


@pytest.mark.parametrize("what", ["spill_stores", "spill_loads", "stack"])
def test_spills_and_stack_need_a_reason_and_may_not_grow(found, what):
    spills = spilling(found, **{what: 8})
    assert "expected neither, or a reason in the record" in complaints(spills)[0]
    assert complaints(spills, reason="three registers too few") == []
    figure = "stack" if what == "stack" else "spills"
    known = {figure: 4, "reason": "three registers too few"}
    assert f"{figure} is 8; the record has 4" in complaints(spills, **known)[0]


@pytest.mark.parametrize("field, dtype", [("double", "float64"), ("wide_divisions", "float32")])
def test_double_precision_and_64_bit_division_have_their_place(found, field, dtype):
    mix = dataclasses.replace(found.mix, **{"double": 0, "wide_divisions": 0, field: 2})
    slow = dataclasses.replace(found, mix=mix)
    narrow = VARIANT._replace(index=32, dtype="float32")
    (first, _) = complaints(slow, variant=narrow)
    assert "2 " in first and "expected none" in first
    allowed = VARIANT._replace(dtype=dtype)
    assert complaints(slow, variant=allowed) == []


def test_a_kernel_that_fits_on_no_sm(found):
    full = dataclasses.replace(found.occupancy, blocks=0, limited_by="registers")
    first, _ = complaints(dataclasses.replace(found, occupancy=full))
    assert "no block fits on an SM, by its registers" in first


def test_kernels_without_a_line_and_lines_without_a_kernel_are_listed():
    every = dict.fromkeys(dict(record.launched()))
    assert gate.missing(Record("", every), VARIANT.arch) == []
    gone = VARIANT._replace(kernel="activation.step.forward_kernel")
    del every[VARIANT]
    assert gate.missing(Record("", {**every, gone: None}), VARIANT.arch) == [
        f"{VARIANT.kernel} is not in the record: crosscheck inspect {VARIANT.kernel} --update",
        f"{gone.kernel} is in the record, and no kernel: crosscheck inspect --update",
    ]
