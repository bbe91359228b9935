"""Operators whose inputs are not all floating or differentiable need no more than their fields."""

import numpy as np
import pytest

from crosscheck.parity import expected, samples
from crosscheck.parity.case import Case
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placed_case import PlacedCase

TARGET = np.array([2, 0, 1])


def never(call, seed):
    raise NoIntegers("made up")


def made_up(name, parameters, **own):
    nothing = dict(kernels=None, integers=never, fuzz=None)
    return Operator(name, parameters=parameters, **nothing, **own)


@pytest.fixture
def entropy(monkeypatch):
    operator = made_up(
        "cross_entropy",
        ("input", "target", "weight"),
        differentiable=("input", "target"),
        constants=("weight",),
        fill={"weight": lambda values, inputs: np.abs(values) + 1},
    )
    monkeypatch.setitem(OPERATORS, "cross_entropy", operator)
    inputs = {"input": (3, 4), "target": TARGET, "weight": (4,)}
    return Case("cross_entropy", "s", "n", "r", inputs)


def test_class_targets_stay_integers_and_have_no_gradient(entropy):
    found = expected.of(entropy, "float32")
    assert set(found.real.exact) == {"forward", "input_gradient"}
    assert found.real.tensors["target"].dtype == np.int64
    assert found.why_no_integers == "made up"
    placed = PlacedCase(entropy, found, "float32", "cpu").real
    assert placed["target"].array.dtype == np.int64
    assert placed["target"].array.tolist() == [2, 0, 1]


def test_an_input_is_filled_as_its_operation_says(entropy):
    assert expected.of(entropy, "float32").real.tensors["weight"].min() >= 1


def test_targets_are_part_of_the_call(entropy):
    other = Case("cross_entropy", "s", "n", "r", {**entropy.inputs, "target": TARGET[::-1]})
    first, second = (expected.of(each, "float64").real for each in (entropy, other))
    assert np.array_equal(first.tensors["input"], second.tensors["input"])
    assert first.exact["forward"] != second.exact["forward"]


def test_targets_that_are_probabilities_have_a_gradient(entropy):
    soft = Case("cross_entropy", "s", "n", "r", {"input": (3, 4), "target": (3, 4)})
    exact = expected.of(soft, "float32").real.exact
    assert set(exact) == {"forward", "input_gradient", "target_gradient"}


def test_a_constant_that_is_left_out_is_no_option(entropy):
    drawn = [each for each, _ in samples.samples("cross_entropy", "float32")]
    assert any("weight" in each.inputs for each in drawn)
    assert not any("weight" in each.options for each in drawn)


def test_constants_that_are_written_to_are_results(monkeypatch):
    operator = made_up(
        "batch_norm",
        ("input", "running_mean", "running_var"),
        differentiable=("input",),
        constants=("running_mean", "running_var"),
        updates=("running_mean", "running_var"),
        fill={"running_var": lambda values, inputs: np.abs(values)},
    )
    monkeypatch.setitem(OPERATORS, "batch_norm", operator)
    inputs = {"input": (4, 2, 3), "running_mean": (2,), "running_var": (2,)}
    real = expected.of(
        Case("batch_norm", "s", "n", "r", inputs, {"training": True}), "float64"
    ).real
    mean = real.tensors["input"].mean((0, 2))
    moved = 0.9 * real.tensors["running_mean"] + 0.1 * mean
    assert real.exact["running_mean"] == pytest.approx(moved)
    assert set(real.exact) == {"forward", "input_gradient", "running_mean", "running_var"}
