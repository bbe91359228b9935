"""The bounds of add, mul, sum and mean are what their derivations say."""

import numpy as np
import pytest

from crosscheck.parity import expected
from crosscheck.parity.bounds import compare
from crosscheck.parity.case import Case

U = 2.0**-24


def bounds_of(op, inputs, **options):
    case = Case(op, "problems", "test", "test", inputs, options)
    return expected.of(case, "float32")


@pytest.mark.parametrize("op", ["add", "mul"])
def test_one_rounding_is_half_a_step(op):
    found = bounds_of(op, {"input": (4, 5), "other": (4, 5)})
    exact = np.abs(found.real.exact["forward"])
    np.testing.assert_allclose(found.bounds["forward"], U * exact, rtol=1e-6)


def test_alpha_costs_one_rounding_of_its_product_and_one_of_itself():
    inputs = {"input": np.zeros(3), "other": np.array([1.0, 2.0, -4.0])}
    for alpha, roundings in ((1, 1), (2, 2), (0.1, 3)):
        limit = bounds_of("add", inputs, alpha=alpha).bounds["forward"]
        np.testing.assert_allclose(
            limit, roundings * U * alpha * np.abs(inputs["other"]), rtol=1e-6
        )


def test_a_gradient_that_adds_nothing_up_is_exact_and_others_are_sums():
    found = bounds_of("add", {"input": (7, 5), "other": (5,)})
    assert not found.bounds["input_gradient"].any()
    magnitude = np.abs(found.real.tensors["grad_output"].astype(np.float64)).sum(axis=0)
    np.testing.assert_allclose(found.bounds["other_gradient"], 6 * U * magnitude, rtol=1e-5)


def test_what_float32_cannot_hold_has_to_be_infinity():
    huge = np.array([1e20, -1e20, 1.0])
    found = bounds_of("mul", {"input": huge, "other": np.abs(huge)})
    exact, limit = found.real.exact["forward"], found.bounds["forward"]
    assert compare(np.float32([np.inf, -np.inf, 1]), exact, limit)[3] == ""
    largest = np.finfo(np.float32).max
    assert compare(np.float32([largest, -np.inf, 1]), exact, limit)[3] != ""
    assert compare(np.float32([np.inf, np.inf, 1]), exact, limit)[3] != ""


@pytest.mark.parametrize(("op", "roundings"), [("sum", 8), ("mean", 9)])
def test_a_reduction_counts_its_additions_and_the_division(op, roundings):
    found = bounds_of(op, {"input": np.ones((2, 9))}, dim=1)
    exact = found.real.exact["forward"]
    np.testing.assert_allclose(found.bounds["forward"], roundings * U * exact, rtol=1e-5)
    alone = bounds_of("sum", {"input": (3, 1)}, dim=1)
    assert not alone.bounds["forward"].any()
