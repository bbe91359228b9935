"""Lesson 1: y[i] = 2 * x[i] + 1, an element a thread. The grid has more threads than x elements."""

from numba import cuda


@cuda.jit
def double_and_add(x, y):
    """x, y (i)."""
    # Your lines; cuda.grid(1) is the number of this thread in the grid.
