"""Two runs: which rows belong together, what fails the gate, and what is said of the machine."""

import pytest

from crosscheck.benchmarks.compare.results import compare


def test_rows_are_matched_by_key_and_the_slowest_comes_first(row, run):
    before = run(row(100, layer="a"), row(100, layer="b"), row(100, layer="gone"))
    after = run(row(50, layer="new"), row(150, layer="b"), row(90, layer="a"))
    found = compare([(before, after)])
    assert [(each.after.layer, each.ratio) for each in found.changes] == [("b", 1.5), ("a", 0.9)]
    assert [each.layer for each in found.only_before] == ["gone"]
    assert [each.layer for each in found.only_after] == ["new"]


def test_a_slower_row_fails_the_gate_above_its_threshold(row, run):
    found = compare([(run(row(100)), run(row(110)))])
    assert found.failures(0.05) == ["1 got slower by more than 5 %"]
    assert found.failures(0.15) == []


def test_a_row_that_became_an_error_fails_the_gate(row, run):
    good, lost = row(100), row(0, samples=0, problem="out of memory")
    found = compare([(run(good), run(lost))])
    assert [each.problem for each in found.broken] == ["out of memory"]
    assert found.failures(0.05) == ["1 became an error"] and not found.changes
    back = compare([(run(lost), run(good))])
    assert back.repaired == [good] and back.failures(0.05) == []
    still = compare([(run(lost), run(lost))])
    assert not (still.broken or still.repaired or still.changes)


def test_pytorchs_rows_are_the_control_and_fail_nothing(row, run):
    before = run(row(100), row(100, subject="torch"), row(100, subject="compile"))
    after = run(row(100), row(121, subject="torch"), row(100, subject="compile"))
    found = compare([(before, after)])
    assert found.control == pytest.approx(1.1) and found.failures(0.05) == []
    assert [each.after.subject for each in found.ours] == ["crosscheck"]
    assert compare([(run(row()), run(row()))]).control is None


def test_pytorch_s_row_is_the_same_if_another_layout_was_faster(row, run):
    def pair(subject):
        return [(run(row(subject=subject)), run(row(subject=subject, layout="nhwc")))]

    found = compare(pair("torch"))
    assert len(found.changes) == 1 and not found.only_before
    with pytest.raises(ValueError, match="no row is in both"):
        compare(pair("crosscheck"))


def test_another_gpu_or_driver_is_said_and_another_date_is_not(row, run):
    before = run(row(), date="yesterday", driver="1", numba="1")
    after = run(row(), date="today", driver="2", numba="2")
    found = compare([(before, after)])
    assert found.environment == {"driver": ("1", "2"), "numba": ("1", "2")}
    assert found.other_machine == ["driver"]


def test_a_row_that_one_round_lacks_is_not_compared(row, run):
    whole, part = run(row(layer="a"), row(layer="b")), run(row(layer="a"))
    found = compare([(whole, whole), (whole, part)])
    assert [each.after.layer for each in found.changes] == ["a"]
    assert [each.layer for each in found.only_before] == ["b"]


def test_an_error_in_one_round_is_an_error(row, run):
    lost = row(0, problem="wrong result")
    found = compare([(run(row()), run(row())), (run(row()), run(lost))])
    assert found.broken == [lost]


def test_nothing_in_common_is_refused(row, run):
    with pytest.raises(ValueError, match="no row is in both"):
        compare([(run(row(layer="a")), run(row(layer="b")))])
