"""The record is written, read and updated."""

import dataclasses

import numpy as np
import pytest

from crosscheck.kernels.inspect import disassembler, inspection, launches, record
from crosscheck.kernels.inspect.record import Figures, Record, Variant

LINE = Figures(128, 0, 0, 16384, 2, 1826, 1.152, 9.14, 16.0, 86.9, 14.1, "issue")
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
    assert text[2].endswith(',8,0,16384,2,1826,1.152,9.14,16,86.9,14.1,issue,"why, in words"')
    assert record.read(tmp_path / "record.csv") == Record("numba 1, nvvm 2", lines)


def test_the_record_itself_is_written_as_it_is_read(tmp_path):
    record.write(record.read(record.PATH), tmp_path / "record.csv")
    assert (tmp_path / "record.csv").read_text() == record.PATH.read_text()


def test_an_update_of_all_makes_every_line(found):
    new = record.updated(Record("another", {VARIANT._replace(kernel="gone"): LINE}), "")
    assert new.compiler == record.compiler()
    assert new.lines.keys() == dict(record.launched()).keys()
    assert new.lines[VARIANT].registers == 18


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
