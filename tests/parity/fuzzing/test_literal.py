"""A case as a call that can be typed: written, read again, and run as `--case`."""

import numpy as np
import pytest

from crosscheck.parity import run as suites
from crosscheck.parity.fuzzing import literal
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.suites import fuzz


def described(case):
    """Return all that a literal says of a case, arrays by their bytes."""
    inputs = {
        name: (each.dtype.str, each.shape, each.tobytes()) if hasattr(each, "dtype") else each
        for name, each in case.inputs.items()
    }
    return case.op, inputs, case.options, case.layout, case.values, case.data_name


def test_every_random_case_reads_as_it_was_written():
    for case in fuzz.cases(seed=5, count=300):
        again = literal.read(literal.write(case))
        assert described(again) == described(case)
        assert again.seed == case.seed


def test_arrays_keep_a_shape_without_elements():
    text = "cross_entropy(input=(0, 3, 2), target=array((0, 2), ()))"
    target = literal.read(text).inputs["target"]
    assert target.shape == (0, 2) and target.dtype == np.int64


def test_infinities_are_read():
    case = literal.read("leaky_relu(input=(2,), negative_slope=-1e999, values='infinities')")
    assert case.options["negative_slope"] == -np.inf
    assert described(literal.read(literal.write(case))) == described(case)


def test_a_number_in_place_of_a_tensor_is_an_option():
    case = literal.read("add(input=(2, 3), other=2.0)")
    assert (dict(case.inputs), dict(case.options)) == ({"input": (2, 3)}, {"other": 2.0})


def test_no_operator_has_an_argument_of_the_literals_own():
    assert not any(set(each.parameters) & set(literal.FIELDS) for each in OPERATORS.values())


@pytest.mark.parametrize(
    "text",
    ["relu(", "relu(2)", "conv3d(input=(2,))", "relu(input=shape)", "relu(input=f((2,)))", "1)"],
)
def test_what_is_no_literal_says_what_one_is(text):
    with pytest.raises(ValueError, match="expected a number, or a call such as"):
        literal.read(text)


def test_a_literal_is_a_case_of_the_suite_and_repeats_itself():
    text = "sum(input=(0, 7, 7, 7), dim=(0,), layout='strided')"
    (case,) = suites.cases(["fuzz"], op="sum", case=text)
    results = list(suites.run(["fuzz"], case=text))
    assert case.name == text and results and all(each.ok for each in results)
    assert not list(suites.cases(["fuzz"], op="mean", case=text))
    assert not list(suites.cases(["fuzz"], case="of no such name"))
