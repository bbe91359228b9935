"""Positions in arrays: from an element's number to one index per axis, and from there to a later.

Elements are numbered in row-major order: the last axis runs fastest. A position has one index more
than extents are given, because the first axis needs none.
"""

from crosscheck.kernels.launch import device_function, index


@device_function
def extents(array):
    """Return the extents of an array of 2, 3 or 4 dimensions, as a tuple of `index`."""
    n, k = index(array.shape[0]), index(array.shape[1])
    if array.ndim == 2:
        return n, k
    if array.ndim == 3:
        return n, k, index(array.shape[2])
    return n, k, index(array.shape[2]), index(array.shape[3])


@device_function
def unravel(i, *extents):
    """Return the position of element i where the last axes have these 1 to 3 extents."""
    row, q = i // extents[-1], i % extents[-1]
    if len(extents) == 1:
        return row, q
    plane, p = row // extents[-2], row % extents[-2]
    if len(extents) == 2:
        return plane, p, q
    return plane // extents[-3], plane % extents[-3], p, q


@device_function
def advance(position, step, *extents):
    """Return position + step, both below these 1 or 2 extents: compares where `unravel` divides.

    Each index of the sum passes its extent at most once.
    """
    p, q = position[-2] + step[-2], position[-1] + step[-1]
    if q >= extents[-1]:
        p, q = p + 1, q - extents[-1]
    if len(extents) == 1:
        return p, q
    n = position[0] + step[0]
    if p >= extents[-2]:
        n, p = n + 1, p - extents[-2]
    return n, p, q
