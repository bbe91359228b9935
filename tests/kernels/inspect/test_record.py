"""The record is written, read and updated."""

import dataclasses

import numpy as np
import pytest

from crosscheck.kernels.inspect import disassembler, inspection, launches, record, stored
from crosscheck.kernels.inspect.record import Figures, Record
from crosscheck.kernels.inspect.variant import Variant

LINE = Figures(128, 0, 0, 16384, 2, 1826, 1.152, 9.14, 16.0, 86.9, 14.1, "issue", "a1b2")
VARIANT = Variant("activation.relu.forward_kernel", "sm_90a", "float32", 32)


@pytest.fixture
def found(recorded):
    """Make every kernel the one of the recorded compilation."""


def test_what_is_written_is_read(tmp_path):
    lines = {
        VARIANT._replace(arch="sm_120a"): dataclasses.replace(
            LINE, spills=8, reason="why, in words"
        ),
        VARIANT: LINE,
    }
    record.write(Record("numba 1, nvvm 2", lines), tmp_path / "record.csv")
    text = (tmp_path / "record.csv").read_text().splitlines()
    assert text[0] == "# numba 1, nvvm 2"
    assert text[1].startswith("kernel,arch,dtype,index,registers,spills,stack,")
    assert text[2].endswith(',8,0,16384,2,1826,1.152,9.14,16,86.9,14.1,issue,a1b2,"why, in words"')
    assert record.read(tmp_path / "record.csv") == Record("numba 1, nvvm 2", lines)


def test_the_record_itself_is_written_as_it_is_read(tmp_path):
    record.write(record.read(record.PATH), tmp_path / "record.csv")
    assert (tmp_path / "record.csv").read_text() == record.PATH.read_text()


def test_an_update_of_all_makes_every_line(found):
    new = record.updated(Record("another", {VARIANT._replace(kernel="gone"): LINE}), "")
    assert new.compiler == record.compiler()
    assert new.lines.keys() == dict(record.launched()).keys()
    assert new.lines[VARIANT].registers == 18


def test_a_kernel_for_one_architecture_has_lines_of_that_alone():
    archs = {}
    for each, _ in record.launched():
        archs.setdefault(each.kernel, set()).add(each.arch)
    groups = {name: own for name, own in archs.items() if ".group_kernel_" in name}
    assert groups and all(own == {"sm_90a"} for own in groups.values())
    assert archs["activation.relu.forward_kernel"] == set(record.ARCHITECTURES)


def test_an_update_of_some_leaves_the_others_and_drops_what_is_gone(found):
    other = VARIANT._replace(kernel="padding.pad.forward_kernel")
    lines = {other: LINE, VARIANT: LINE, VARIANT._replace(kernel="gone"): LINE}
    new = record.updated(Record(record.compiler(), lines), "activation.relu.forward")
    assert {each.kernel for each in new.lines} == {other.kernel, VARIANT.kernel}
    assert new.lines[other] == LINE
    assert len(new.lines) == 1 + 4 * 2 * 2  # architectures, dtypes, widths


def test_an_update_of_some_by_another_compiler_is_refused(found):
    with pytest.raises(ValueError, match="the record is of another; expected python .*, or all"):
        record.updated(Record("another", {}), "relu")


def test_a_reason_is_kept_while_the_line_spills(found, monkeypatch):
    old = Record(record.compiler(), {VARIANT: dataclasses.replace(LINE, reason="because")})
    assert record.updated(old, VARIANT.kernel).lines[VARIANT].reason == ""
    spilling = dataclasses.replace(LINE, spills=8)
    monkeypatch.setattr(record, "figures", lambda _: spilling)
    assert record.updated(old, VARIANT.kernel).lines[VARIANT].reason == "because"


def test_without_the_disassembler_there_are_no_figures(no_disassembler):
    launch = launches.record(np.float32, 32)[0]
    with pytest.raises(disassembler.DisassemblerMissing):
        record.figures(inspection.inspect(launch, (9, 0)))


def test_the_compiler_is_named_without_a_path():
    assert "nvvm" in record.compiler() and "/" not in record.compiler()


def test_a_line_is_of_the_kernel_that_was_compiled_by_the_compiler_that_is_here(found):
    variant = VARIANT._replace(index=64)
    new = record.updated(Record(record.compiler(), {}), variant.kernel)
    launched = dict(record.launched())
    other = launched[variant._replace(kernel="activation.leaky_relu.forward_kernel")]
    assert record.is_of(new, variant, launched[variant])
    assert not record.is_of(new, variant, other)
    assert not record.is_of(
        dataclasses.replace(new, compiler="another"), variant, launched[variant]
    )


def test_a_line_without_a_hash_is_of_no_kernel(found, monkeypatch):
    launch = dict(record.launched())[VARIANT]
    monkeypatch.setattr(stored, "source", lambda launch: "")
    known = Record(record.compiler(), {VARIANT: dataclasses.replace(LINE, source="")})
    assert not record.is_of(known, VARIANT, launch)


def test_a_line_with_something_forbidden_is_of_no_kernel(found):
    new = record.updated(Record(record.compiler(), {}), VARIANT.kernel)
    assert new.lines[VARIANT].source == ""  # what was recorded has 64-bit divisions
    assert new.lines[VARIANT._replace(index=64)].source


def test_a_record_from_before_lines_had_a_hash_is_read(tmp_path):
    record.write(Record("numba 1", {VARIANT: LINE}), tmp_path / "record.csv")
    text = (tmp_path / "record.csv").read_text()
    (tmp_path / "record.csv").write_text(text.replace(",source", "").replace(",a1b2", ""))
    assert record.read(tmp_path / "record.csv").lines == {
        VARIANT: dataclasses.replace(LINE, source="")
    }
