"""Bias gradient: one block sums one output channel over n, p, q, the same way in every run.

Thread t of the block adds the elements t, t + THREADS, ... of its channel, so a warp reads
neighbours of an image row; then a tree in shared memory halves the partial sums until one is left.
In the tree the active threads read neighbouring words, all in different banks. Any strides.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.tiles import advance, split
from crosscheck.kernels.launch import cuda, index, kernel, real

THREADS = 256  # a power of two: the tree halves it


# d y[n, k, p, q] / d bias[k] = 1, so dbias[k] is the sum of dy[n, k, p, q] over n, p, q.
@kernel
def tree_kernel(dy, dbias):
    """dy (n, k, p, q), dbias (k)."""
    sums = cuda.shared.array(THREADS, real)
    N, P, Q = index(dy.shape[0]), index(dy.shape[2]), index(dy.shape[3])
    k, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    acc = real(0)
    if P != 0 and Q != 0:
        step = split(index(THREADS), P, Q)
        at = split(t, P, Q)
        while at[0] < N:
            acc += dy[at[0], k, at[1], at[2]]
            at = advance(at, step, P, Q)
    sums[t] = acc
    cuda.syncthreads()  # every partial sum is there before the tree reads it
    half = index(THREADS // 2)
    while half != 0:
        if t < half:
            sums[t] += sums[index(t + half)]
        cuda.syncthreads()  # this level is complete before the next one reads it
        half = index(half // index(2))
    if t == 0:
        dbias[k] = sums[0]


def tree(dy: Array, dbias: Array) -> None:
    tree_kernel[dbias.size, THREADS](dy, dbias)
