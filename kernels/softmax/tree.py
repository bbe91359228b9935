"""Softmax and log_softmax by trees: one block computes one row.

The formulas are those of `direct`. Thread t of the block takes the elements t, t + THREADS, ...;
the largest, the sum and the dot product of a row are combined by trees in shared memory. Where the
row is contiguous (inner = 1) a warp reads neighbours. Arrays are (outer, n, inner); any strides.

What it gains: 8.0 times fewer bytes of global memory than direct.py, in the small layer of
`python -m crosscheck.kernels.inspect --memory softmax.` (docs/memory.md).
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.softmax.rows import Rows
from crosscheck.kernels.tree import THREADS, tree_max, tree_sum


@device_function
def largest(x, o, i, t, scratch):
    """Return the largest of a row, NaN left out: it comes back in the sum."""
    n = index(x.shape[1])
    m = real(-math.inf)
    j = t
    while j < n:
        m = max(m, x[o, j, i]) if x[o, j, i] == x[o, j, i] else m
        j = index(j + index(THREADS))
    return tree_max(scratch, t, m)


@device_function
def sum_exp(x, o, i, t, m, scratch):
    """Return the sum of exp(x - m) over a row."""
    n = index(x.shape[1])
    s = real(0)
    j = t
    while j < n:
        s += math.exp(x[o, j, i] - m)
        j = index(j + index(THREADS))
    return tree_sum(scratch, t, s)


@kernel
def softmax_kernel(x, y):
    scratch = cuda.shared.array(THREADS, real)
    n, inner = index(x.shape[1]), index(x.shape[2])
    row, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    o, i = index(row // inner), index(row % inner)
    m = largest(x, o, i, t, scratch)
    s = sum_exp(x, o, i, t, m, scratch)
    j = t
    while j < n:
        y[o, j, i] = math.exp(x[o, j, i] - m) / s
        j = index(j + index(THREADS))


@kernel
def log_softmax_kernel(x, y):
    scratch = cuda.shared.array(THREADS, real)
    n, inner = index(x.shape[1]), index(x.shape[2])
    row, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    o, i = index(row // inner), index(row % inner)
    m = largest(x, o, i, t, scratch)
    log_s = math.log(sum_exp(x, o, i, t, m, scratch))
    j = t
    while j < n:
        y[o, j, i] = (x[o, j, i] - m) - log_s
        j = index(j + index(THREADS))


# d y[k] / d x[j] = y[k] * ([j = k] - y[j]), so
# dx[j] = sum over k of dy[k] * d y[k] / d x[j] = y[j] * (dy[j] - sum over k of dy[k] * y[k]).
@kernel
def softmax_gradient_kernel(dy, y, dx):
    scratch = cuda.shared.array(THREADS, real)
    n, inner = index(dy.shape[1]), index(dy.shape[2])
    row, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    o, i = index(row // inner), index(row % inner)
    dot = real(0)
    j = t
    while j < n:
        dot += dy[o, j, i] * y[o, j, i]
        j = index(j + index(THREADS))
    dot = tree_sum(scratch, t, dot)
    j = t
    while j < n:
        dx[o, j, i] = y[o, j, i] * (dy[o, j, i] - dot)
        j = index(j + index(THREADS))


# d y[k] / d x[j] = [j = k] - exp(y[j]), so dx[j] = dy[j] - exp(y[j]) * sum over k of dy[k].
@kernel
def log_softmax_gradient_kernel(dy, y, dx):
    scratch = cuda.shared.array(THREADS, real)
    n, inner = index(dy.shape[1]), index(dy.shape[2])
    row, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    o, i = index(row // inner), index(row % inner)
    total = real(0)
    j = t
    while j < n:
        total += dy[o, j, i]
        j = index(j + index(THREADS))
    total = tree_sum(scratch, t, total)
    j = t
    while j < n:
        dx[o, j, i] = dy[o, j, i] - math.exp(y[o, j, i]) * total
        j = index(j + index(THREADS))


def softmax(rows: Rows, x: Array, y: Array) -> None:
    softmax_kernel[rows.number, THREADS](x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    log_softmax_kernel[rows.number, THREADS](x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    softmax_gradient_kernel[rows.number, THREADS](dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    log_softmax_gradient_kernel[rows.number, THREADS](dy, y, dx)
