"""Softmax with its row in registers: lengths around what a warp holds, and what it refuses."""

import numpy as np
import pytest

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.cpu.options import modes
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.softmax import log_softmax, softmax

operators = pytest.mark.parametrize("operator", [softmax, log_softmax])


def drawn(n, seed=0, rows=5):
    return np.random.default_rng(seed).standard_normal((rows, n)).astype(np.float32)


def results(operator, n, algorithm):
    y = operator.forward(drawn(n), 1, algorithm=algorithm)
    return y, operator.input_gradient(drawn(n, 1), y, 1, algorithm=algorithm)


@operators
@pytest.mark.parametrize("n", [1, 33, 129, 1025])
def test_it_computes_what_direct_does(operator, n):
    for found, expected in zip(
        results(operator, n, "one_pass"), results(operator, n, "direct"), strict=True
    ):
        np.testing.assert_allclose(found, expected, 1e-4, 1e-6)


@operators
@pytest.mark.parametrize("mode", [sanitized, lambda: modes.using(seed=1)])
def test_the_sanitizer_and_another_order_of_threads_change_no_bit(operator, mode):
    expected = results(operator, 45, "one_pass")
    with mode():
        found = results(operator, 45, "one_pass")
    np.testing.assert_array_equal(found, expected)


@operators
def test_rows_too_long_or_not_of_neighbours_are_refused(operator):
    with pytest.raises(Unsupported, match="rows have 4097 elements; expected at most 4096"):
        operator.forward(drawn(4097), 1, algorithm="one_pass")
    with pytest.raises(Unsupported, match="elements are 4 apart; expected neighbours"):
        operator.forward(drawn(4), 0, algorithm="one_pass")
