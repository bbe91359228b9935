"""Walking an image axis by axis, without divisions."""

from crosscheck.kernels.launch import device_function, index


@device_function
def split(number, rows, columns):
    """Return (plane, row, column) of a flat position in planes of rows x columns."""
    column = index(number % columns)
    number = index(number // columns)
    return index(number // rows), index(number % rows), column


@device_function
def advance(position, step, rows, columns):
    """Return position + step, both as (plane, row, column): two compares where `split` divides.

    Both rows (and both columns) are below their limit, so their sum passes it once at most.
    """
    plane = index(position[0] + step[0])
    row = index(position[1] + step[1])
    column = index(position[2] + step[2])
    if column >= columns:
        column = index(column - columns)
        row = index(row + index(1))
    if row >= rows:
        row = index(row - rows)
        plane = index(plane + index(1))
    return plane, row, column
