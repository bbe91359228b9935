"""Walking planes of rows x columns."""

import numpy as np
import pytest

from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.tiles import TILE, count
from crosscheck.kernels.unravel import advance, unravel


@kernel
def walk(positions, rows, columns, stride):
    """Thread t walks from t in steps of `stride`; positions (threads, steps, 3)."""
    t = index(cuda.threadIdx.x)
    at = unravel(t, rows, columns)
    step = unravel(stride, rows, columns)
    for i in range(positions.shape[1]):
        positions[t, i, 0] = at[0]
        positions[t, i, 1] = at[1]
        positions[t, i, 2] = at[2]
        at = advance(at, step, rows, columns)


@pytest.mark.parametrize("stride", [1, TILE, 256])
@pytest.mark.parametrize(
    ("rows", "columns"), [(1, 1), (1, TILE), (TILE, 1), (3, 3), (TILE - 1, TILE + 1), (5, 7)]
)
def test_advance_is_unravel_of_the_sum(rows, columns, stride):
    positions = np.full((20, 9, 3), -1, np.int64)
    walk[1, 20](positions, rows, columns, stride)
    flat = np.arange(20)[:, None] + stride * np.arange(9)
    expected = np.stack([flat // (rows * columns), flat // columns % rows, flat % columns], axis=-1)
    np.testing.assert_array_equal(positions, expected)


def test_count_rounds_up():
    assert [count(n) for n in (0, 1, TILE, TILE + 1)] == [0, 1, 1, 2]
