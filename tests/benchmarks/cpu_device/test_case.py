"""A problem detects a wrong result."""

import numpy as np
import pytest

from crosscheck.benchmarks.cpu_device.case import Problem, blocks

EXPECTED = np.array([[1.0, -8.0], [3.0, 4.0]])


def problem(output, **changes):
    return Problem((1,), (1,), (0, np.array(output)), EXPECTED, **changes)


def test_a_result_within_the_tolerance():
    problem(EXPECTED).check("exact")
    problem(EXPECTED + 0.8, tolerance=0.1).check("off by 0.1 of the largest, 8")


@pytest.mark.parametrize("wrong", [3.9, np.nan, np.inf])
def test_a_wrong_element_is_named(wrong):
    output = EXPECTED.copy()
    output[1, 0] = wrong
    message = rf"sum: 1 of 4 elements are wrong, first at \(1, 0\): {wrong}, expected 3.0"
    with pytest.raises(AssertionError, match=message):
        problem(output, tolerance=0.1).check("sum")


def test_a_fraction_may_be_outliers():
    output = EXPECTED.copy()
    output[0, 0] = 7
    problem(output, outliers=0.25).check("one of four")
    with pytest.raises(AssertionError, match="1 of 4"):
        problem(output, outliers=0.24).check("one of four")


def test_unsigned_numbers_do_not_wrap_around():
    with pytest.raises(AssertionError, match="4 of 4"):
        problem(EXPECTED.astype(np.uint8) + np.uint8(1)).check("unsigned")


def test_a_cleared_output_is_wrong():
    output = problem(EXPECTED)
    output.clear()
    assert np.isnan(output.output).all()
    with pytest.raises(AssertionError, match="4 of 4"):
        output.check("cleared")


def test_blocks_are_rounded_up():
    assert [blocks(threads, 16) for threads in (1, 16, 17, 32)] == [1, 1, 2, 2]
