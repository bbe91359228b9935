"""Sums over some axes of an array, each divided by a number: sum and mean.

    y[k] = sum over r of x[k, r] / divisor

direct: one thread per output adds its elements one after the other.
tree:   one block per output at a time. Thread t adds elements t, t + THREADS, ...; then a tree in
        shared memory halves the partial sums until one is left: a smaller rounding error, and
        enough threads where outputs are few.
Layout: any strides, as two kept axes and two reduced ones; see `kernels.reduction.axes`.
Constraints: none. Both orders are fixed: two runs give the same bits.
"""

from crosscheck.kernels.block_reduce import block_sum, rows_of_block
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel

THREADS = 256  # a power of two: the tree halves it


@kernel
def direct_kernel(x, y, divisor):
    """x (k, l, r, s), y (k, l)."""
    K, L, R, S = extents(x)
    k, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
    if k < K:
        total = real(0)
        for r in range(R):
            for s in range(S):
                total += x[k, l, r, s]
        y[k, l] = total / divisor


@kernel
def tree_kernel(x, y, divisor):
    """x (k, l, r, s), y (k, l)."""
    scratch = cuda.shared.array(THREADS, real)
    K, L, R, S = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(K * L):
        k, l = unravel(row, L)  # noqa: E741
        total = real(0)
        for at in range(t, R * S, THREADS):
            r, s = unravel(at, S)
            total += x[k, l, r, s]
        total = block_sum(scratch, t, total)
        if t == 0:
            y[k, l] = total / divisor


# Every element of a sum has weight 1 / divisor in it: dx[k, r] = dy[k] / divisor.
@kernel
def spread_kernel(dy, dx, divisor):
    """dy, dx of one shape of four axes, dy with stride 0 along the reduced ones."""
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        dx[a, b, c, d] = dy[a, b, c, d] / divisor
