"""What is allowed is allowed at its elements only, and counted."""

import numpy as np
import pytest

from crosscheck.parity.allowances import Allowances, stand_ins
from crosscheck.parity.bounds import compare

LARGEST = float(np.finfo(np.float32).max)
NONE = np.zeros(4)


def failure(computed, exact, intermediates=NONE, extra_nan=NONE, limit=None):
    """Return the failure of a result, and the counts of what was allowed."""
    allowances = Allowances({"y": intermediates}, {"y": np.asarray(extra_nan, bool)})
    limit = np.full(4, 1e-6) if limit is None else limit
    compared = allowances.compared("y", np.float32(computed), np.array(exact, float), limit)
    return compare(*compared)[3], allowances.overflowed, allowances.extra_nan


def test_nothing_is_counted_where_nothing_differs():
    everywhere = np.full(4, 2 * LARGEST), np.ones(4)
    assert failure([1, 2, 3, np.nan], [1, 2, 3, np.nan], *everywhere) == ("", 0, 0)


@pytest.mark.parametrize("special", [np.nan, np.inf, -np.inf])
def test_an_overflow_on_the_way_may_end_in_any_special_value(special):
    intermediates = np.array([0, LARGEST, 2 * LARGEST, 0])
    assert failure([1, special, special, 4], [1, 2, 3, 4], intermediates) == ("", 2, 0)
    text, *counts = failure([special, special, 3, 4], [1, 2, 3, 4], intermediates)
    assert "1 of 4 elements, first at (0,)" in text and counts == [1, 0]


def test_an_overflow_on_the_way_does_not_excuse_a_wrong_number():
    intermediates = np.full(4, 2 * LARGEST)
    assert "outside the bound" in failure([1, 2.5, 3, 4], [1, 2, 3, 4], intermediates)[0]


def test_where_nothing_can_be_said_any_number_will_do():
    intermediates = np.array([0, np.inf, np.nan, 0])
    limit = np.array([1e-6, np.nan, np.inf, 1e-6])
    assert failure([1, 7, 7, 4], [1, 2, 3, 4], intermediates, limit=limit) == ("", 2, 0)


def test_zero_filling_gives_nan_and_nothing_else():
    filled = [False, True, True, False]
    assert failure([1, np.nan, 3, 4], [1, np.inf, 3, 4], extra_nan=filled) == ("", 0, 1)
    assert failure([1, 0, 3, 4], [1, np.inf, 3, 4], extra_nan=filled)[0] != ""
    assert failure([np.nan, np.inf, 3, 4], [1, np.inf, 3, 4], extra_nan=filled)[0] != ""


def test_a_bound_that_overflows_in_float64_says_nothing():
    limit, exact = np.array([np.inf, 1e-6]), np.array([1e308, 1.0])
    allowances = Allowances({}, {})
    compared = allowances.compared("y", np.array([5.0, 1.0]), exact, limit)
    assert compare(*compared)[3] == "" and allowances.overflowed == 1
    assert "no bound" in failure([5, 1, 1, 1], [1e38, 1, 1, 1], limit=np.full(4, np.inf))[0]


def test_stand_ins_are_ones():
    arrays = {"x": np.array([np.nan, np.inf, -np.inf, -0.5]), "t": np.array([3])}
    assert stand_ins(arrays)["x"].tolist() == [1, 1, 1, -0.5]
    assert stand_ins(arrays)["t"] is arrays["t"]
