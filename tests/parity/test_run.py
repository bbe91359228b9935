from dataclasses import replace

import numpy as np
import pytest

from crosscheck import nn
from crosscheck.kernels.activation import relu
from crosscheck.kernels.algorithm import Algorithm, Unsupported
from crosscheck.parity import expected, rejects, tape
from crosscheck.parity import run as suites
from crosscheck.parity.case import Case
from crosscheck.parity.check import check
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.placed_case import PlacedCase

RELU = Case("relu", "quick", "name", "a test", {"input": (3, 4)})


def results(**filters):
    return list(suites.run(["quick"], **filters))


def test_a_case_gives_every_direction_algorithm_and_dtype_and_the_tape():
    found = results(op="conv2d", case="groups-2")
    assert all(each.ok for each in found)
    conv = [
        (each.name, name) for each in OPERATORS["conv2d"].directions for name in each.algorithms
    ]
    assert {each.name for each in OPERATORS["conv2d"].directions} == {
        "forward",
        "input_gradient",
        "weight_gradient",
        "bias_gradient",
    }
    for dtype in ("float32", "float64"):
        rows = [(r.direction, r.algorithm) for r in found if r.dtype == dtype]
        assert rows == [*conv, ("tape", "default")]


def test_without_a_bias_there_is_no_bias_gradient():
    found = results(op="conv2d", case="no-bias", dtype="float32")
    assert "bias_gradient" not in {each.direction for each in found}


@pytest.mark.parametrize("kind, has_gradient", [("classes", False), ("probabilities", True)])
def test_a_target_of_integers_has_no_gradient(kind, has_gradient):
    found = results(op="cross_entropy", case=f"{kind}-none", dtype="float32")
    assert ("target_gradient" in {each.direction for each in found}) == has_gradient


@pytest.mark.parametrize(
    "filters",
    [
        dict(op="relu"),
        dict(op="conv2d", algorithm="direct", case="stride-2"),
        dict(op="conv2d", dtype="float64", case="no-bias"),
        dict(op="max_pool2d", case="rejects-stride-0"),
        dict(case="no-such-case"),
    ],
)
def test_the_total_is_known_beforehand(filters):
    assert suites.total(["quick"], **filters) == len(results(**filters))


def test_a_case_is_announced_before_its_first_result():
    events = []
    run = suites.run(["quick"], op="relu", case="scalar", announce=lambda c: events.append(c.name))
    for result in run:
        events.append(result.direction)
    assert events[:2] == ["scalar", "forward"] and events.count("scalar") == 1


def test_an_unknown_suite_is_refused():
    with pytest.raises(ValueError, match="suite is 'slow'; expected one of"):
        list(suites.run(["slow"]))


def test_an_algorithm_that_cannot_is_counted(monkeypatch):
    def refuse(*arguments):
        raise Unsupported("not this one")

    monkeypatch.setitem(relu.ALGORITHMS["forward"], "lazy", Algorithm("lazy", refuse))
    found = results(op="relu", case="matrix")
    assert len(found) == suites.total(["quick"], op="relu", case="matrix")
    lazies = [each for each in found if each.algorithm == "lazy"]
    assert [each.unsupported for each in lazies] == ["not this one"] * 2
    assert all(each.ok for each in found)


@pytest.fixture
def placed():
    return PlacedCase(RELU, expected.of(RELU, "float32"), "float32", "cpu")


def outputs_of(placed):
    return {
        each.name: [check(placed, each, name)[1] for name in each.algorithms]
        for each in OPERATORS["relu"].directions
    }


def test_the_tape_gives_the_kernels_bits(placed):
    result = tape.check_tape(placed, outputs_of(placed))
    assert result.ok and (result.direction, result.algorithm) == ("tape", "default")
    assert "--algorithm" not in result.repro  # "default" is not one of their names


def test_a_tape_with_other_bits_fails(placed):
    outputs = outputs_of(placed)
    for each in outputs["input_gradient"]:  # of every algorithm
        each["input_gradient"].flat[0] += 1
    result = tape.check_tape(placed, outputs)
    assert not result.ok and result.message.startswith("input_gradient through nn.functional")


def test_a_gradient_that_no_algorithm_computed_fails(placed):
    assert not tape.check_tape(placed, {"forward": [], "input_gradient": [{}]}).ok


def test_a_tape_that_launches_other_kernels_must_equal_those(monkeypatch):
    op = OPERATORS["conv2d_relu_max_pool2d"]

    def on_tape():
        case = results(op=op.name, case="depthwise", dtype="float32")
        return next(each for each in case if each.direction == "tape")

    assert on_tape().ok
    monkeypatch.setitem(OPERATORS, op.name, replace(op, recorded=lambda tensors, options: ()))
    assert "other bits than every algorithm's" in on_tape().message


def test_a_tape_that_raises_fails(placed, monkeypatch):
    def broken(input):
        raise KeyError("lost")

    monkeypatch.setattr("crosscheck.nn.functional.relu", broken)
    result = tape.check_tape(placed, outputs_of(placed))
    assert not result.ok and "KeyError: 'lost'" in result.message


@pytest.mark.parametrize("lost", ["nothing", "dtype", "gradient's dtype"])
def test_a_tape_converts_where_it_is_asked_for_another_dtype(monkeypatch, lost):
    real = nn.functional.softmax

    def softmax(input, dim, dtype):
        if lost == "gradient's dtype":
            input.array = input.array.astype(dtype)
        return real(input, dim, dtype=None if lost == "dtype" else dtype)

    monkeypatch.setattr("crosscheck.nn.functional.softmax", softmax)
    options = {"dim": 1, "dtype": np.dtype("float64")}
    inputs, dtypes = {"input": np.ones((2, 3), np.float32)}, ("float64",)
    case = Case("softmax", "s", "n", "r", inputs, options, dtypes=dtypes, given_dtype="float32")
    placed = PlacedCase(case, expected.of(case, "float64"), "float64", "cpu")
    outputs = {each.name: [check(placed, each, "direct")[1]] for each in placed.operator.directions}
    assert tape.check_tape(placed, outputs).ok == (lost == "nothing")


BAD = Case(
    "avg_pool2d",
    "quick",
    "bad",
    "a test",
    {"input": np.zeros((1, 1, 4, 4), np.float32)},
    {"kernel_size": 2, "divisor_override": 0},
    dtypes=("float32",),
    rejects="divisor 0",
)


def rejected(monkeypatch, function):
    monkeypatch.setattr("crosscheck.nn.functional.avg_pool2d", function)
    return rejects.check_rejects(BAD, "float32", "cpu")


def test_bad_input_must_be_refused():
    result = rejects.check_rejects(BAD, "float32", "cpu")
    assert result.ok and (result.direction, result.algorithm) == ("rejects", "default")
    assert result.repro.endswith("--op avg_pool2d --case bad --device cpu")


def test_bad_input_that_is_accepted_fails(monkeypatch):
    result = rejected(monkeypatch, lambda input, kernel_size, divisor_override: None)
    assert not result.ok and result.message == "accepted divisor 0"


def test_a_message_that_names_no_argument_fails(monkeypatch):
    def vague(input, kernel_size, divisor_override):
        raise ValueError("something is wrong")

    assert "names no argument" in rejected(monkeypatch, vague).message


def test_an_accident_is_no_rejection(monkeypatch):
    def accident(input, kernel_size, divisor_override):
        raise ZeroDivisionError("input")

    assert "no rejection" in rejected(monkeypatch, accident).message


def test_a_launch_before_the_rejection_fails(monkeypatch):
    from crosscheck.kernels.pooling import avg_pool2d

    def late(input, kernel_size, divisor_override):
        avg_pool2d.forward(input.array, kernel_size)
        raise ValueError("divisor_override is 0")

    assert rejected(monkeypatch, late).message == "a kernel was launched on divisor 0"


def test_what_torch_takes_is_no_bad_input():
    fine = Case("relu", "s", "n", "r", {"input": np.zeros(3)}, rejects="nothing")
    assert rejects.check_rejects(fine, "float64", "cpu").message == "PyTorch accepts this input"


@pytest.mark.parametrize("size", [1, 2, 4, 10])
def test_a_sample_is_one_in_so_many_and_has_of_everything(size):
    whole = list(suites.cases(["opinfo"], op="max_pool2d"))
    sample = list(suites.cases(["opinfo"], op="max_pool2d", sample=size))
    assert len(sample) == pytest.approx(len(whole) / size, abs=2)
    for part in ("float32", "float64", "noncontiguous"):
        there = sum(part in each.name for each in whole) / len(whole)
        assert sum(part in each.name for each in sample) / len(sample) == pytest.approx(
            there, abs=0.02
        )


def test_a_sample_has_every_operator_and_is_the_same_for_one_alone():
    sample = [(each.op, each.name) for each in suites.cases(["opinfo"], sample=50)]
    assert {op for op, _ in sample} == {each.op for each in suites.cases(["opinfo"])}
    alone = [(each.op, each.name) for each in suites.cases(["opinfo"], op="conv2d", sample=50)]
    assert alone == [each for each in sample if each[0] == "conv2d"]


def test_only_opinfo_and_fuzz_are_sampled():
    assert suites.total(["problems"], sample=9) == suites.total(["problems"])
    assert suites.total(["fuzz"], sample=9) < suites.total(["fuzz"]) / 5
    filters = dict(op="relu", count=40, sample=3)
    assert suites.total(["fuzz"], **filters) == len(list(suites.run(["fuzz"], **filters)))
