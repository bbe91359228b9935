"""An array as the row of memory that it lies in, and its strides in elements.

A kernel that indexes four axes multiplies by four strides in 64 bits at every access. One that is
given the row adds an offset, in the width of `index`; it computes the offset once, or looks it up.
"""

from collections.abc import Callable
from typing import NamedTuple

from crosscheck.kernels.arrays import Array, namespace


class Flat(NamedTuple):
    """`row`, 1-D, holds all elements of the array; `strides` are in elements, none negative."""

    row: Array
    strides: tuple[int, ...]


def flat(array: Array) -> Flat:
    """Return an array of any strides as a row; one that has negative strides, or such as no whole
    number of elements makes, is copied.
    """
    if not is_flat(array):
        array = namespace(array).ascontiguousarray(array)
    size = array.itemsize
    strides = tuple(
        stride // size if _is_walked(stride, size) else 0  # of an axis that nobody walks
        for stride in array.strides
    )
    return Flat(row_of(array)(array), strides)


def row_of(array: Array) -> Callable[[Array], Array]:
    """Return what makes `flat(array).row` of each array of this kind."""
    if array.size == 0 or array.flags.c_contiguous:
        return lambda each: each.reshape(-1)
    if not is_flat(array):
        return lambda each: flat(each).row
    size, as_strided = array.itemsize, namespace(array).lib.stride_tricks.as_strided
    steps = zip(array.shape, array.strides, strict=True)
    span = 1 + sum((extent - 1) * max(step, 0) // size for extent, step in steps)
    return lambda each: as_strided(each, (span,), (size,))


def is_flat(array: Array) -> bool:
    """Return whether `flat` makes a view, so that what is written to it reaches the array."""
    axes = zip(array.shape, array.strides, strict=True)
    return all(extent == 1 or _is_walked(stride, array.itemsize) for extent, stride in axes)


def _is_walked(stride: int, size: int) -> bool:
    return stride >= 0 and stride % size == 0
