"""One step from special values: right steps pass, any wrong element fails."""

import inspect

import numpy as np
import pytest
import torch

from crosscheck.kernels import arrays
from crosscheck.kernels.optimizer.foreach import CHUNK
from crosscheck.parity.optimizers import steps
from crosscheck.parity.optimizers.options import OPTIONS, SQUARES, state_of
from crosscheck.parity.run import run, total

CASES = list(steps.cases("quick"))
every = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op} {case.name}")


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("algorithm", steps.ALGORITHMS)
def test_our_steps_pass_and_are_mostly_compared(case, dtype, algorithm):
    result = steps.check_step(case, dtype, "cpu", algorithm)
    assert result.ok, result.message
    elements = len(steps._before(case, dtype, algorithm)["parameter"])
    arrays = len(state_of(case.op, case.options)) + 1
    assert result.special and result.overflowed < 0.05 * arrays * elements


def test_every_array_has_every_special_value():
    names = "parameter", "gradient", "exp_avg", "exp_avg_sq"
    for name, each in steps._arrays(names, "float32").items():
        assert np.isnan(each).any() and np.isposinf(each).any() and np.isneginf(each).any()
        assert (np.abs(each) == np.finfo(np.float32).max).any()
        assert ((each == 0) & np.signbit(each)).any() or name in SQUARES


def test_a_list_has_parameters_of_whole_chunks_that_are_unaligned_and_that_are_strided():
    x = np.arange(sum(size for size, _, _ in steps.PIECES), dtype=np.float32)
    pieces = [each.array for each in steps._pieces(x, "cpu")]
    np.testing.assert_array_equal(np.concatenate(pieces), x)
    whole = [each for each in pieces if each.size >= CHUNK]
    assert {arrays.address(each) % 16 != 0 for each in whole} == {True, False}
    assert {each.flags.c_contiguous for each in whole} == {True, False}


def wrong(monkeypatch, case, change):
    """Return the result of a step of which `change` changed the first array that it can."""
    right = steps._ours

    def ours(*arguments):
        after = right(*arguments)
        for values in after.values():
            before = values.copy()
            change(values)
            if not np.array_equal(before.view(np.uint32), values.view(np.uint32)):
                break
        return after

    monkeypatch.setattr(steps, "_ours", ours)
    return steps.check_step(case, "float32", "cpu", "direct")


def changed(where, value):
    """Return a change of all elements at which `where` is true."""
    return lambda values: values.__setitem__(where(values), value)


CHANGES = {
    "a number is off": changed(lambda values: np.abs(values - 1.5) < 0.2, 1.3),
    "NaN is a number": changed(np.isnan, 1.0),
    "infinity is NaN": changed(np.isinf, np.nan),
    "infinity turns": changed(np.isposinf, -np.inf),
}


@every
@pytest.mark.parametrize("what", CHANGES)
def test_a_wrong_element_fails(case, what, monkeypatch):
    result = wrong(monkeypatch, case, CHANGES[what])
    assert not result.ok and ": " in result.message


def test_a_wrong_sign_of_zero_fails(monkeypatch):
    case = next(each for each in CASES if each.op == "SGD" and each.options == {"lr": 0.05})
    flip = changed(lambda values: (values == 0) & np.signbit(values), 0.0)
    assert "parameter: sign of zero" in wrong(monkeypatch, case, flip).message


def test_a_step_that_raises_is_a_failing_result(monkeypatch):
    monkeypatch.setattr(steps, "_ours", lambda *arguments: 1 / 0)
    result = steps.check_step(CASES[0], "float32", "cpu", "direct")
    assert not result.ok and result.message.startswith("ZeroDivisionError")


def test_every_option_of_the_arithmetic_is_taken():
    modes = {"params", "lr", "foreach", "fused", "capturable", "differentiable"}
    for op in OPTIONS:
        parameters = set(inspect.signature(getattr(torch.optim, op)).parameters) - modes
        of_op = [case for case in CASES if case.op == op]
        missing = parameters - {name for case in of_op for name in case.options}
        assert missing <= {"eps"}, (op, missing)


def test_the_suites_have_them_and_filters_hold():
    found = list(run(["quick"], op="AdamW"))
    assert {each.direction for each in found} == {"step"} and all(each.ok for each in found)
    many = sum(case.op == "AdamW" for case in CASES)
    assert len(found) == total(["quick"], op="AdamW") == 4 * many
    assert many == len(OPTIONS["AdamW"]) + 1
    assert total(["quick"], op="AdamW", algorithm="foreach") == 2 * many
    assert total(["quick"], op="AdamW", algorithm="tiled") == 0
