"""Positions in arrays: from a flat number to one index per axis, and from one position to a later.

An array's elements are numbered in row-major order: the last axis runs fastest. Positions have one
index more than extents are given, because the first axis needs none.
"""

from crosscheck.kernels.launch import device_function, index


@device_function
def extents(array):
    """Return the extent of each axis of an array of 2, 3 or 4 dimensions, as a tuple of `index`."""
    n, k = index(array.shape[0]), index(array.shape[1])
    if array.ndim == 2:
        return n, k
    if array.ndim == 3:
        return n, k, index(array.shape[2])
    return n, k, index(array.shape[2]), index(array.shape[3])


@device_function
def unravel(i, *extents):
    """Return the position of element `i` where the last axes have these 1 to 3 extents."""
    q = i % extents[-1]
    row = i // extents[-1]
    if len(extents) == 1:
        return row, q
    p = row % extents[-2]
    plane = row // extents[-2]
    if len(extents) == 2:
        return plane, p, q
    return plane // extents[-3], plane % extents[-3], p, q
