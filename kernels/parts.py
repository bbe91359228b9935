"""Sums that several blocks compute a part of each: the parts, added in order.

Two runs add in the same order, so they give the same bits; atomic additions would not.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel


@kernel
def add_parts_kernel(parts, y):
    """y (n, k, p, q), any strides; parts (part, size of y). A thread adds one element's parts."""
    N, K, P, Q = extents(y)
    i = index(cuda.grid(1))
    n, k, p, q = unravel(i, K, P, Q)
    if n < N:
        total = real(0)
        for part in range(index(parts.shape[0])):
            total += parts[part, i]
        y[n, k, p, q] = total


def add_parts(parts: Array, y: Array) -> None:
    """Write the sum of parts (part, ...) to y, of 4 dimensions."""
    add_parts_kernel.forall(y.size)(parts.reshape(len(parts), -1), y)
