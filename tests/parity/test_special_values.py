"""Special values reach every floating argument of every operator, alone and mixed."""

import numpy as np
import pytest

from crosscheck.parity import data, special_values
from crosscheck.parity.operators import OPERATORS, PROBLEMS, SPECIAL_KINDS, SPECIAL_VALUES
from crosscheck.parity.run import run
from crosscheck.parity.special_values import GRADIENT, KINDS, MIX, VALUES, put, variants
from crosscheck.parity.suites import problems, quick


@pytest.mark.parametrize("op", OPERATORS)
def test_the_problems_of_an_operator_have_all_its_tensors(op):
    given = {
        name
        for problem in SPECIAL_VALUES
        if problem.op == op
        for name, each in problem.inputs.items()
        if not isinstance(each, np.ndarray) or each.dtype.kind == "f"
    }
    assert given == set(OPERATORS[op].tensors) - set(OPERATORS[op].integral)


def test_every_kind_stands_alone_in_every_argument_and_all_are_mixed():
    problem = next(each for each in SPECIAL_VALUES if each.op == "conv2d")
    special = [each.special for each in variants([problem], KINDS)]
    arguments = ("input", "weight", "bias", GRADIENT)
    assert all({name: kind} in special for name in arguments for kind in KINDS)
    assert special[-1] == dict.fromkeys(arguments, MIX)
    assert len(special) == len(arguments) * len(KINDS) + 1


def test_an_argument_holds_no_kind_that_pytorch_refuses():
    problem = next(each for each in SPECIAL_VALUES if each.op == "binary_cross_entropy")
    special = [each.special for each in variants([problem], KINDS, SPECIAL_KINDS)]
    assert [each["input"] for each in special if "input" in each] == ["-0", "subnormal"]
    assert special[-1] == {"weight": MIX, GRADIENT: MIX}


def test_class_targets_stay_classes():
    problem = next(each for each in SPECIAL_VALUES if each.name == "ignored-class")
    assert {name for each in variants([problem], KINDS) for name in each.special} == {
        "input",
        GRADIENT,
    }


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("kind", VALUES)
def test_one_stands_in_a_corner_and_two_side_by_side(kind, dtype):
    values = np.full((3, 4, 5), 0.5, dtype)
    changed = put(kind, values, "input", str(values.dtype))
    assert (values == 0.5).all()
    places = np.flatnonzero(changed != values)  # NaN differs, too
    assert places[0] == 0 or places[-1] == values.size - 1
    assert 1 in np.diff(places) and len(places) in (2, 3)
    expected = VALUES[kind](np.finfo(dtype))
    assert changed.dtype == values.dtype
    for value in changed.flat[places]:
        np.testing.assert_array_equal(value, expected)
        assert np.signbit(value) == np.signbit(expected)


def test_a_mix_has_every_kind():
    mixed = put(MIX, np.full((5, 5), 0.5, np.float32), "input", "float32")
    special = {str(each) for each in mixed[~(mixed == 0.5)]}
    assert special == {str(np.float32(value(np.finfo(np.float32)))) for value in VALUES.values()}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", [(), (1,), (2,), (0, 3)])
def test_small_arrays_take_what_fits(kind, shape):
    changed = put(kind, np.full(shape, 0.5), "input", "float64")
    assert changed.shape == shape and (changed != 0.5).all()


def test_a_case_has_them_in_its_data_and_nowhere_else():
    problem = next(each for each in SPECIAL_VALUES if each.op == "linear")
    case = next(iter(variants([problem], ["inf"]))).case("problems")
    operator = OPERATORS["linear"]
    inputs = data.real(case, operator, "float32")
    assert np.isinf(inputs["input"]).any() and np.isfinite(inputs["weight"]).all()
    assert np.isfinite(data.gradient(case, (4, 5), "float32")).all()


def test_the_suites_have_them():
    names = {case.name for case in problems.cases()}
    assert {f"padding-1 weight {kind}" for kind in KINDS} <= names
    assert {"padding-1 weight inf", "padding-1 mix"} <= {case.name for case in quick.cases()}


def test_a_problem_by_another_name_is_refused(monkeypatch):
    from crosscheck.parity import operators
    from crosscheck.parity.operators import mul

    monkeypatch.setattr(mul, "SPECIAL_VALUES", ("no-such-problem",))
    with pytest.raises(ValueError, match="no-such-problem.*expected names of PROBLEMS"):
        operators._named(PROBLEMS)


def test_what_is_allowed_is_in_the_result():
    def of(algorithm):
        results = run(["problems"], op="conv2d", algorithm=algorithm, case="padding-1 weight inf")
        return [each for each in results if each.direction == "input_gradient"]

    assert all(each.ok and each.extra_nan > 0 for each in of("tiled"))
    assert all(each.ok and each.extra_nan == 0 for each in of("direct"))
    mean = run(["problems"], op="mean", dtype="float32", case="rows input largest")
    assert sum(each.overflowed for each in mean) > 0
    assert special_values.QUICK


@pytest.mark.parametrize("op", ["conv2d_relu", "conv2d_relu_max_pool2d"])
def test_a_sum_that_overflows_before_a_relu_may_end_as_zero(op):
    results = list(run(["problems"], op=op, dtype="float32", case="filter-3x3 input largest"))
    assert [each.message for each in results if not each.ok] == []
    assert any(each.overflowed for each in results)
