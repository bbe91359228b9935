"""One step from special values: right steps pass, any wrong element fails."""

import numpy as np
import pytest

from crosscheck.parity.optimizers import steps
from crosscheck.parity.run import run, total

CASES = list(steps.cases("quick"))
every = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.op} {case.name}")


@every
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_our_steps_pass_and_are_mostly_compared(case, dtype):
    result = steps.check_step(case, dtype, "cpu")
    assert result.ok, result.message
    arrays = len(steps._names(case)) - 1
    elements = arrays * len(steps._arrays(steps._names(case), dtype)["parameter"])
    assert result.special and result.overflowed < 0.05 * elements


def test_every_array_has_every_special_value():
    for name, each in steps._arrays(
        ("parameter", "gradient", "exp_avg", "a_sq"), "float32"
    ).items():
        assert np.isnan(each).any() and np.isposinf(each).any() and np.isneginf(each).any()
        assert (np.abs(each) == np.finfo(np.float32).max).any()
        assert ((each == 0) & np.signbit(each)).any() or name.endswith("_sq")


def wrong(monkeypatch, case, change, name="parameter"):
    """Return the result of a step of which `change` changed a result."""
    right = steps._ours

    def ours(*arguments):
        after = right(*arguments)
        values = after[name]
        change(values)
        return after

    monkeypatch.setattr(steps, "_ours", ours)
    return steps.check_step(case, "float32", "cpu")


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
    assert not result.ok and "parameter: " in result.message


def test_a_wrong_sign_of_zero_fails(monkeypatch):
    case = next(each for each in CASES if each.op == "SGD" and each.options == {"lr": 0.05})
    flip = changed(lambda values: (values == 0) & np.signbit(values), 0.0)
    assert "parameter: sign of zero" in wrong(monkeypatch, case, flip).message


def test_a_step_that_raises_is_a_failing_result(monkeypatch):
    monkeypatch.setattr(steps, "_ours", lambda *arguments: 1 / 0)
    result = steps.check_step(CASES[0], "float32", "cpu")
    assert not result.ok and result.message.startswith("ZeroDivisionError")


def test_the_suites_have_them_and_filters_hold():
    found = list(run(["quick"], op="AdamW"))
    assert {each.direction for each in found} == {"step"} and all(each.ok for each in found)
    assert len(found) == total(["quick"], op="AdamW") == 2 * len(steps.OPTIONS["AdamW"])
    assert total(["quick"], op="AdamW", algorithm="tiled") == 0
