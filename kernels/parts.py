"""Sums that several blocks compute a part of each: the parts, added in order.

Two runs add in the same order, so they give the same bits; atomic additions would not.
"""

import math

from crosscheck.kernels.arrays import Array, empty_of, namespace
from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel


@kernel
def add_parts_kernel(parts, floor, y):
    """y (n, k, p, q), any strides; parts (part, size of y). A thread adds one element's parts."""
    N, K, P, Q = extents(y)
    i = index(cuda.grid(1))
    n, k, p, q = unravel(i, K, P, Q)
    if n < N:
        total = real(0)
        for part in range(index(parts.shape[0])):
            total += parts[part, i]
        y[n, k, p, q] = at_least(total, floor)


def empty_parts(count: int, y: Array) -> Array:
    """Return an uninitialised array (count, *y.shape); each part lies in memory in the order of y.

    y has 4 dimensions.
    """
    strides = 1 + max(map(abs, y.strides)), *y.strides
    return empty_of(namespace(y), (count, *y.shape), computed(y.dtype), strides)


def add_parts(parts: Array, y: Array, floor: float = -math.inf) -> None:
    """Write the sum of `empty_parts` to y, or `floor` where it is below."""
    axes = sorted(range(y.ndim), key=lambda axis: -parts.strides[axis + 1])
    y, parts = y.transpose(axes), parts.transpose(0, *(axis + 1 for axis in axes))
    add_parts_kernel.forall(y.size)(parts.reshape(len(parts), -1), floor, y)
