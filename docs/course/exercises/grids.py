"""Lesson 2: mirror an image, y[row, column] = x[row, width - 1 - column].

A block has 32 x 8 threads: 32 along the width (x, the first axis of a grid), 8 along the height.
"""

from numba import cuda


def blocks(height, width):
    """Return how many blocks cover the image: (along the width, along the height)."""
    return 1, 1  # Your line.


@cuda.jit
def mirror(x, y):
    """x, y (row, column)."""
    column, row = cuda.grid(2)
    # Your lines.
