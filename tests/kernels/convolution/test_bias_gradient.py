"""The bias gradient sums every number once, whatever their count next to the number of threads."""

import numpy as np
import pytest

from crosscheck.kernels import convolution
from crosscheck.kernels.launch import sanitized
from crosscheck.kernels.reduction.kernels import THREADS


@pytest.mark.parametrize("columns", [1, 2, THREADS - 1, THREADS, THREADS + 1, 3 * THREADS + 5])
def test_every_number_counts_once(columns):
    dy = np.arange(3 * 2 * columns, dtype=np.float64).reshape(3, 2, 1, columns)
    with sanitized():
        np.testing.assert_array_equal(convolution.bias_gradient(dy), dy.sum((0, 2, 3)))


@pytest.mark.parametrize("shape", [(0, 3, 4, 5), (2, 3, 0, 5), (2, 3, 4, 0), (3, 0, 0)])
def test_sum_of_nothing_is_zero_and_is_written(shape):
    out = np.full(3, np.nan, np.float32)
    convolution.bias_gradient(np.empty(shape, np.float32), out=out)
    np.testing.assert_array_equal(out, 0)


@pytest.mark.parametrize("shape", [(2, 0, 4, 5), (0, 4, 5), (0, 0, 0, 0)])
def test_no_element_saw_the_bias_where_the_input_has_no_channels(shape):
    dy = np.empty(shape, np.float32)
    np.testing.assert_array_equal(convolution.bias_gradient(dy, (3,)), np.zeros(3, np.float32))
    assert convolution.bias_gradient(dy).shape == (0,)


def test_a_size_of_the_bias_that_is_not_the_gradient_s_is_refused():
    with pytest.raises(ValueError, match=r"bias_size is \(4,\); expected \(3,\)"):
        convolution.bias_gradient(np.empty((2, 3, 1, 1)), (4,))


def test_error_grows_with_the_height_of_the_tree_not_with_the_count():
    dy = np.full((1, 1, 2048, 512), 0.1, np.float32)
    result = convolution.bias_gradient(dy)
    exact = dy.astype(np.float64).sum()
    assert abs(result[0] - exact) <= 2.0**-24 * (dy.size // THREADS + 8) * exact
