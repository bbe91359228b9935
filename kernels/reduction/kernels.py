"""Sums over some axes of an array, each finished by a function: sum, mean, the norms.

    y[k] = finish(sum over r of term(x[k, r]))

direct: one thread per output adds its terms one after the other.
tree:   one block per output at a time. Thread t adds terms t, t + THREADS, ...; then a tree in
        shared memory halves the partial sums until one is left: a smaller rounding error, and
        enough threads where outputs are few.
Layout: any strides, as two kept axes and two reduced ones; see `kernels.reduction.axes`.
Constraints: none. Both orders are fixed: two runs give the same bits.
"""

from functools import cache

from crosscheck.kernels.block_reduce import block_sum, rows_of_block
from crosscheck.kernels.launch import (
    DeviceFunction,
    Kernel,
    cuda,
    device_function,
    index,
    kernel,
    real,
)
from crosscheck.kernels.unravel import extents, unravel

THREADS = 256  # a power of two: the tree halves it


@cache
def build(term: DeviceFunction, finish: DeviceFunction) -> tuple[Kernel, Kernel]:
    """Return the direct and the tree kernel of (x, y, numbers), x (k, l, r, s) and y (k, l).

    Both functions get the numbers beside an element or a sum. The kernels are named as if they
    stood beside `finish`.
    """

    @kernel
    def direct_kernel(x, y, numbers):
        K, L, R, S = extents(x)
        k, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
        if k < K:
            total = real(0)
            for r in range(R):
                for s in range(S):
                    total += term(x[k, l, r, s], *numbers)
            y[k, l] = finish(total, *numbers)

    @kernel
    def tree_kernel(x, y, numbers):
        scratch = cuda.shared.array(THREADS, real)
        K, L, R, S = extents(x)
        t = index(cuda.threadIdx.x)
        for row in rows_of_block(K * L):
            k, l = unravel(row, L)  # noqa: E741
            total = real(0)
            for at in range(t, R * S, THREADS):
                r, s = unravel(at, S)
                total += term(x[k, l, r, s], *numbers)
            total = block_sum(scratch, t, total)
            if t == 0:
                y[k, l] = finish(total, *numbers)

    for made in (direct_kernel, tree_kernel):
        made.rename(made.__name__)
        made.py_func.__module__ = finish.py_func.__module__
    return direct_kernel, tree_kernel


@device_function
def element(x, divisor):
    return x


@device_function
def quotient(total, divisor):
    return total / divisor


# Every element of a sum has weight 1 / divisor in it: dx[k, r] = dy[k] / divisor.
@kernel
def spread_kernel(dy, dx, divisor):
    """dy, dx of one shape of four axes, dy with stride 0 along the reduced ones."""
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        dx[a, b, c, d] = dy[a, b, c, d] / divisor
