"""Exact division: every whole quotient is found, and nothing else passes for one."""

import numpy as np
import pytest

from crosscheck.kernels.exact_division import quotient, reciprocal
from crosscheck.kernels.launch import cuda, index, kernel, wide_index


@kernel
def divide(x, whole, divisor, by, bound):
    """whole[i]: the quotient of x[i], where it is whole and below a bound, or -1."""
    i = index(cuda.grid(1))
    if i < index(x.shape[0]):
        number = index(x[i])
        found = quotient(number, by)
        whole[i] = -1
        if found < bound and found * divisor == number:
            whole[i] = np.int64(found)


@pytest.mark.parametrize("divisor", [1, 2, 3, 6, 7, 12, 64, 1000, 2**31 - 1, 2**40, 3 * 2**40])
def test_whole_quotients_below_a_bound(divisor):
    bound = 2**62 // divisor if divisor >= 2**31 else (2**32 - 1) // divisor
    near = divisor * np.array([1, 2, 5])[:, None] + np.arange(-3, 4)
    numbers = np.concatenate([np.arange(50), near.ravel(), [2**32 - 1, 2**32 - 5]])
    numbers = numbers[
        (numbers >= 0) & ((numbers < 2**32) | (divisor >= 2**31))
    ]  # an index has them
    found = np.empty(numbers.shape, np.int64)
    divide.forall(numbers.size)(numbers, found, divisor, reciprocal(divisor), bound)
    divides = (numbers % divisor == 0) & (numbers // divisor < bound)
    np.testing.assert_array_equal(found, np.where(divides, numbers // divisor, -1))


def test_wide_indices():
    numbers = np.array([2**33, 2**33 + 1, 3 * 2**40, 3 * 2**40 + 2])
    found = np.empty(numbers.shape, np.int64)
    with wide_index():
        divide.forall(numbers.size)(numbers, found, 6, reciprocal(6), 2**60)
    np.testing.assert_array_equal(found, [-1, -1, 2**39, -1])
