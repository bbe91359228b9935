"""Direct softmax and log_softmax: one thread computes one row, in registers, in order.

    softmax      y[j] = exp(x[j] - m) / s      with m = max of x, s = sum over j of exp(x[j] - m)
    log_softmax  y[j] = (x[j] - m) - log(s)

Without m, exp overflows at 89 (float32); with it every term is at most 1 and s at least 1. Arrays
are (outer, n, inner), rows run along n, and neighbouring threads own neighbouring rows. A row with
NaN or infinity, or of -inf alone, is NaN, as in PyTorch: x - m is NaN there. Any strides. No shared
memory and no barrier.
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.log_sum_exp import row_max, row_sum_exp
from crosscheck.kernels.softmax.rows import Rows
from crosscheck.kernels.unravel import extents, unravel


@kernel
def softmax_kernel(x, y):
    outer, n, inner = extents(x)
    o, i = unravel(index(cuda.grid(1)), inner)
    if o < outer:
        m = row_max(x, o, i)
        s = row_sum_exp(x, o, i, m)
        for j in range(n):
            y[o, j, i] = math.exp(x[o, j, i] - m) / s


@kernel
def log_softmax_kernel(x, y):
    outer, n, inner = extents(x)
    o, i = unravel(index(cuda.grid(1)), inner)
    if o < outer:
        m = row_max(x, o, i)
        log_s = math.log(row_sum_exp(x, o, i, m))
        for j in range(n):
            y[o, j, i] = (x[o, j, i] - m) - log_s


# d y[k] / d x[j] = y[k] * ([j = k] - y[j]), so
# dx[j] = sum over k of dy[k] * d y[k] / d x[j] = y[j] * (dy[j] - sum over k of dy[k] * y[k]).
@kernel
def softmax_gradient_kernel(dy, y, dx):
    outer, n, inner = extents(dy)
    o, i = unravel(index(cuda.grid(1)), inner)
    if o < outer:
        dot = real(0)
        for j in range(n):
            dot += dy[o, j, i] * y[o, j, i]
        for j in range(n):
            dx[o, j, i] = y[o, j, i] * (dy[o, j, i] - dot)


# d y[k] / d x[j] = [j = k] - exp(y[j]), so dx[j] = dy[j] - exp(y[j]) * sum over k of dy[k].
@kernel
def log_softmax_gradient_kernel(dy, y, dx):
    outer, n, inner = extents(dy)
    o, i = unravel(index(cuda.grid(1)), inner)
    if o < outer:
        total = real(0)
        for j in range(n):
            total += dy[o, j, i]
        for j in range(n):
            dx[o, j, i] = dy[o, j, i] - math.exp(y[o, j, i]) * total


def softmax(rows: Rows, x: Array, y: Array) -> None:
    softmax_kernel.forall(rows.number)(x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    log_softmax_kernel.forall(rows.number)(x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    softmax_gradient_kernel.forall(rows.number)(dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    log_softmax_gradient_kernel.forall(rows.number)(dy, y, dx)
