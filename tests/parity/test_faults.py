"""The suite "quick" fails on every planted fault, and planting leaves nothing behind.

Each is compiled anew. `make test` plants one in every operator, `make gate` all of them.
"""

from dataclasses import replace

import pytest
from typer.testing import CliRunner

from crosscheck.kernels import at_least
from crosscheck.parity.faults import __main__ as command
from crosscheck.parity.faults.catch import catch
from crosscheck.parity.faults.plant import changed_source, planted
from crosscheck.parity.operators import FAULTS, OPERATORS
from crosscheck.parity.optimizers.steps import OPTIONS as OPTIMIZERS
from crosscheck.parity.run import run

FAULT = next(each for each in FAULTS if each.what == "NaN becomes 0")


FIRST = {each.op: each for each in reversed(FAULTS)}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(each, marks=() if FIRST[each.op] is each else pytest.mark.gate)
        for each in FAULTS
    ],
    ids=lambda fault: fault.what,
)
def test_quick_catches(fault):
    assert catch(fault) is not None


def test_there_are_at_least_30_in_every_family():
    assert len(FAULTS) >= 30
    assert {fault.op for fault in FAULTS} == {*OPERATORS, *OPTIMIZERS}
    assert len({(fault.op, fault.what) for fault in FAULTS}) == len(FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.what)
def test_every_fault_has_its_place(fault):
    assert changed_source(fault)


def test_every_fault_is_gone_afterwards():
    code = at_least.at_least.py_func.__code__
    with planted(FAULT):
        assert at_least.at_least.py_func.__code__ != code
    assert at_least.at_least.py_func.__code__ == code
    results = list(run(["quick"], op=FAULT.op, case=FAULT.case))
    assert results and all(result.ok for result in results)


def test_a_fault_that_no_longer_fits_says_so():
    with pytest.raises(ValueError, match="no such place"):
        catch(replace(FAULT, right="not in the file"))


def test_a_fault_that_changes_no_code_says_so():
    with pytest.raises(ValueError, match="changes no function"):
        catch(replace(FAULT, right='"""', wrong='"""A '))


def test_a_fault_that_does_not_compile_is_not_caught():
    with pytest.raises(ValueError, match="does not compile"):
        catch(replace(FAULT, right="return floor if", wrong="return undefined if"))


def test_the_command_reports_what_is_not_caught(monkeypatch):
    misfit = replace(FAULT, what="a misfit", right="not in the file")
    unnoticed = replace(FAULT, what="unnoticed", case="matrix")
    monkeypatch.setattr(command, "FAULTS", (FAULT, misfit, unnoticed))
    found = CliRunner().invoke(command.app)
    assert found.exit_code == 1
    assert all(each in found.stdout for each in ("nan, forward", "no such place", "nothing"))
    assert "1 of 3 planted faults caught." in found.stdout


def test_the_command_plants_what_is_asked_for(monkeypatch):
    other = replace(FAULT, what="of another operator", op="linear", right="not in the file")
    monkeypatch.setattr(command, "FAULTS", (FAULT, other))
    found = CliRunner().invoke(command.app, ["--op", "relu", "--what", "NaN"])
    assert found.exit_code == 0
    assert "1 of 1 planted faults caught." in found.stdout
    found = CliRunner().invoke(command.app, ["--what", "nothing like it"])
    assert found.exit_code == 1
    assert "--op" in CliRunner().invoke(command.app, ["--help"]).stdout
