"""Bias gradient: one block sums COLUMNS columns of the output gradient, always in the same order.

Thread (tx, ty) adds the rows ty, ty + ROWS, ... of column tx of its block, so a warp reads
neighbours; then a tree in shared memory halves the ROWS partial sums of every column until one is
left. In the tree a warp reads one row of `sums`: all different banks. Any strides.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real

COLUMNS = 32  # a warp
ROWS = 8  # a power of two: the tree halves it


# d y[i, k] / d bias[k] = 1, so dbias[k] is the sum of dy[i, k] over the rows i.
@kernel
def tree_kernel(dy, dbias):
    """dy (rows, k), dbias (k)."""
    sums = cuda.shared.array((ROWS, COLUMNS), real)
    rows, columns = index(dy.shape[0]), index(dy.shape[1])
    tx, ty = index(cuda.threadIdx.x), index(cuda.threadIdx.y)
    k = index(index(index(cuda.blockIdx.x) * index(COLUMNS)) + tx)
    acc = real(0)
    i = ty
    if k < columns:
        while i < rows:
            acc += dy[i, k]
            i = index(i + index(ROWS))
    sums[ty, tx] = acc
    cuda.syncthreads()  # every partial sum is there before the tree reads it
    half = index(ROWS // 2)
    while half != 0:
        if ty < half:
            sums[ty, tx] += sums[index(ty + half), tx]
        cuda.syncthreads()  # this level is complete before the next one reads it
        half = index(half // index(2))
    if ty == 0 and k < columns:
        dbias[k] = sums[0, tx]


def tree(dy: Array, dbias: Array) -> None:
    tree_kernel[-(-dbias.size // COLUMNS), (COLUMNS, ROWS)](dy, dbias)
