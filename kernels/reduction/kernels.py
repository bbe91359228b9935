"""Sums over some axes of an array, each divided by a number: sum and mean.

    y[k] = sum over r of x[k, r] / divisor

direct: one thread per output adds its elements one after the other.
tree:   one block per output. Thread t adds elements t, t + THREADS, ...; then a tree in shared
        memory halves the partial sums until one is left: a smaller rounding error, and enough
        threads where outputs are few.
Layout: any strides, as two kept axes and two reduced ones; see `kernels.reduction.axes`.
Constraints: none. Both orders are fixed: two runs give the same bits.
"""

from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.pooling.geometry import unravel

THREADS = 256  # a power of two: the tree halves it


@kernel
def direct_kernel(x, y, divisor):
    """x (k, l, r, s), y (k, l)."""
    i = index(cuda.grid(1))
    L, R, S = index(y.shape[1]), index(x.shape[2]), index(x.shape[3])
    if i < index(y.size):
        k, l = index(i // L), index(i % L)  # noqa: E741
        total = real(0)
        r = index(0)
        while r < R:
            s = index(0)
            while s < S:
                total += x[k, l, r, s]
                s = index(s + index(1))
            r = index(r + index(1))
        y[k, l] = total / divisor


@kernel
def tree_kernel(x, y, divisor):
    """x (k, l, r, s), y (k, l); one block for each element of y."""
    sums = cuda.shared.array(THREADS, real)
    i, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    L, S = index(y.shape[1]), index(x.shape[3])
    k, l = index(i // L), index(i % L)  # noqa: E741
    count = index(index(x.shape[2]) * S)
    total = real(0)
    at = t
    while at < count:
        total += x[k, l, index(at // S), index(at % S)]
        at = index(at + index(THREADS))
    sums[t] = total
    cuda.syncthreads()  # every partial sum is there before the tree reads it
    half = index(THREADS // 2)
    while half != 0:
        if t < half:
            sums[t] += sums[index(t + half)]
        cuda.syncthreads()  # this level is complete before the next one reads it
        half = index(half // index(2))
    if t == 0:
        y[k, l] = sums[0] / divisor


# Every element of a sum has weight 1 / divisor in it: dx[k, r] = dy[k] / divisor.
@kernel
def spread_kernel(dy, dx, divisor):
    """dy, dx of one shape of four axes, dy with stride 0 along the reduced ones."""
    i = index(cuda.grid(1))
    if i < index(dx.size):
        a, b, c, d = unravel(i, index(dx.shape[1]), index(dx.shape[2]), index(dx.shape[3]))
        dx[a, b, c, d] = dy[a, b, c, d] / divisor
