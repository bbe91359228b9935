"""Arrays assigned to slices: broadcast, cast, of the wrong shape, and parts of one another."""

import numpy as np
import pytest

from crosscheck.kernels.cpu import cuda, jit


@jit
def assign(y, x):
    y[:] = x


@pytest.mark.parametrize("dtype", [np.float32, np.int64])
@pytest.mark.parametrize("shape", [(3, 4), (4,), (1, 4), (3, 1), ()])
def test_a_source_is_broadcast_and_cast(shape, dtype):
    x = np.arange(np.prod(shape, dtype=int), dtype=dtype).reshape(shape)
    y = np.full((3, 4), -1.0)
    assign[1, 1](y, x)
    np.testing.assert_array_equal(y, np.broadcast_to(x, y.shape))


def test_a_source_of_another_shape_is_an_error():
    with pytest.raises(ValueError, match="cannot assign slice .*thread"):
        assign[1, 1](np.zeros((3, 4)), np.zeros(3))


def up(x):
    x[1:] = x[:-1]


def down(x):
    x[:-1] = x[1:]


def turned(x):
    x[:] = x[::-1]


def transposed(x):
    x[:, :] = x.T


@pytest.mark.parametrize("function", [up, down, turned, transposed])
def test_a_source_that_overlaps_is_read_before_it_is_written(function):
    x = np.arange(64.0).reshape(8, 8)
    expected = x.copy()
    function(expected)
    jit(function)[1, 1](x)
    np.testing.assert_array_equal(x, expected)


@jit
def gather(x, order, y):
    i = cuda.grid(1)
    if i < y.shape[0]:
        y[i] = x[order[i], :]


def test_rows_of_many_threads():
    x, order = np.arange(700.0).reshape(100, 7), np.random.default_rng(0).permutation(100)
    y = np.zeros_like(x)
    gather.forall(100)(x, order, y)
    np.testing.assert_array_equal(y, x[order])
