"""Softmax and log_softmax by trees: one block computes one row at a time.

The formulas are those of `direct`. Thread t of the block takes the elements t, t + THREADS, ...;
the largest, the sum and the dot product of a row are combined by trees in shared memory. Where the
row is contiguous (inner = 1) a warp reads neighbours. Arrays are (outer, n, inner); any strides.

What it gains: 8.0 times fewer bytes of global memory than direct.py, in the small layer of
`python -m crosscheck.kernels.inspect --memory softmax.` (docs/memory.md).
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import THREADS, block_sum, grid, rows_of_block
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.log_sum_exp import block_row_max, block_row_sum_exp
from crosscheck.kernels.softmax.rows import Rows
from crosscheck.kernels.unravel import extents, unravel


@kernel
def softmax_kernel(x, y):
    scratch = cuda.shared.array(THREADS, real)
    outer, n, inner = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(outer * inner):
        o, i = unravel(row, inner)
        m = block_row_max(x, o, i, t, scratch)
        s = block_row_sum_exp(x, o, i, m, t, scratch)
        for j in range(t, n, THREADS):
            y[o, j, i] = math.exp(x[o, j, i] - m) / s


@kernel
def log_softmax_kernel(x, y):
    scratch = cuda.shared.array(THREADS, real)
    outer, n, inner = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(outer * inner):
        o, i = unravel(row, inner)
        m = block_row_max(x, o, i, t, scratch)
        log_s = math.log(block_row_sum_exp(x, o, i, m, t, scratch))
        for j in range(t, n, THREADS):
            y[o, j, i] = (x[o, j, i] - m) - log_s


# d y[k] / d x[j] = y[k] * ([j = k] - y[j]), so
# dx[j] = sum over k of dy[k] * d y[k] / d x[j] = y[j] * (dy[j] - sum over k of dy[k] * y[k]).
@kernel
def softmax_gradient_kernel(dy, y, dx):
    scratch = cuda.shared.array(THREADS, real)
    outer, n, inner = extents(dy)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(outer * inner):
        o, i = unravel(row, inner)
        dot = real(0)
        for j in range(t, n, THREADS):
            dot += dy[o, j, i] * y[o, j, i]
        dot = block_sum(scratch, t, dot)
        for j in range(t, n, THREADS):
            dx[o, j, i] = y[o, j, i] * (dy[o, j, i] - dot)


# d y[k] / d x[j] = [j = k] - exp(y[j]), so dx[j] = dy[j] - exp(y[j]) * sum over k of dy[k].
@kernel
def log_softmax_gradient_kernel(dy, y, dx):
    scratch = cuda.shared.array(THREADS, real)
    outer, n, inner = extents(dy)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(outer * inner):
        o, i = unravel(row, inner)
        total = real(0)
        for j in range(t, n, THREADS):
            total += dy[o, j, i]
        total = block_sum(scratch, t, total)
        for j in range(t, n, THREADS):
            dx[o, j, i] = dy[o, j, i] - math.exp(y[o, j, i]) * total


def softmax(rows: Rows, x: Array, y: Array) -> None:
    softmax_kernel[grid(rows.number), THREADS](x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    log_softmax_kernel[grid(rows.number), THREADS](x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    softmax_gradient_kernel[grid(rows.number), THREADS](dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    log_softmax_gradient_kernel[grid(rows.number), THREADS](dy, y, dx)
