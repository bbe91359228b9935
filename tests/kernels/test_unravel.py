"""Positions in arrays: unravel and extents, and walks from one position to the next."""

import numpy as np
import pytest

from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.unravel import advance, extents, unravel


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


@kernel
def write_positions(x, number, positions):
    """Write each element's position to the row of its number, and the extents to the last row."""
    i = index(cuda.grid(1))
    if i < index(x.size):
        if x.ndim == 2:
            N, K = extents(x)
            n, k = unravel(i, K)
            x[n, k] = number[i]
        elif x.ndim == 3:
            N, K, P = extents(x)
            n, k, p = unravel(i, K, P)
            x[n, k, p] = number[i]
        else:
            N, K, P, Q = extents(x)
            n, k, p, q = unravel(i, K, P, Q)
            x[n, k, p, q] = number[i]
        positions[i, 0], positions[i, 1] = n, k
        positions[i, 2], positions[i, 3] = N, K


@pytest.mark.parametrize(
    "shape", [(3, 4), (1, 5), (2, 3, 4), (2, 1, 5), (2, 3, 4, 5), (3, 1, 1, 2)]
)
def test_unravel_is_row_major_order(shape):
    x = np.full(shape, np.nan)
    number = np.arange(x.size, dtype=x.dtype)
    positions = np.zeros((x.size, 4), np.int64)
    write_positions.forall(x.size)(x, number, positions)
    assert (x.ravel() == number).all()
    where = np.unravel_index(np.arange(x.size), shape)
    assert (positions[:, 0] == where[0]).all() and (positions[:, 1] == where[1]).all()
    assert (positions[:, 2:] == shape[:2]).all()


@kernel
def walk_rows(positions, columns, stride):
    """Thread t walks from t in steps of `stride`; positions (threads, steps, 2)."""
    t = index(cuda.threadIdx.x)
    row, column = unravel(t, columns)
    step = unravel(stride, columns)
    for i in range(positions.shape[1]):
        positions[t, i, 0], positions[t, i, 1] = row, column
        row, column = advance((row, column), step, columns)


@pytest.mark.parametrize("stride", [1, TILE, 256])
@pytest.mark.parametrize("columns", [1, 3, TILE, TILE + 1])
def test_advance_in_rows_is_unravel_of_the_sum(columns, stride):
    positions = np.full((20, 9, 2), -1, np.int64)
    walk_rows[1, 20](positions, columns, stride)
    flat = np.arange(20)[:, None] + stride * np.arange(9)
    np.testing.assert_array_equal(positions, np.stack([flat // columns, flat % columns], axis=-1))
