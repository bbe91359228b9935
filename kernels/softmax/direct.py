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
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.softmax.rows import Rows


@device_function
def largest(x, o, i):
    """Return the largest of a row, NaN left out: it comes back in the sum."""
    n = index(x.shape[1])
    m = real(-math.inf)
    j = index(0)
    while j < n:
        m = max(m, x[o, j, i]) if x[o, j, i] == x[o, j, i] else m
        j = index(j + index(1))
    return m


@device_function
def sum_exp(x, o, i, m):
    """Return the sum of exp(x - m) over a row."""
    n = index(x.shape[1])
    s = real(0)
    j = index(0)
    while j < n:
        s += math.exp(x[o, j, i] - m)
        j = index(j + index(1))
    return s


@kernel
def softmax_kernel(x, y):
    n, inner = index(x.shape[1]), index(x.shape[2])
    row = index(cuda.grid(1))
    o, i = index(row // inner), index(row % inner)
    if o < index(x.shape[0]):
        m = largest(x, o, i)
        s = sum_exp(x, o, i, m)
        j = index(0)
        while j < n:
            y[o, j, i] = math.exp(x[o, j, i] - m) / s
            j = index(j + index(1))


@kernel
def log_softmax_kernel(x, y):
    n, inner = index(x.shape[1]), index(x.shape[2])
    row = index(cuda.grid(1))
    o, i = index(row // inner), index(row % inner)
    if o < index(x.shape[0]):
        m = largest(x, o, i)
        log_s = math.log(sum_exp(x, o, i, m))
        j = index(0)
        while j < n:
            y[o, j, i] = (x[o, j, i] - m) - log_s
            j = index(j + index(1))


# d y[k] / d x[j] = y[k] * ([j = k] - y[j]), so
# dx[j] = sum over k of dy[k] * d y[k] / d x[j] = y[j] * (dy[j] - sum over k of dy[k] * y[k]).
@kernel
def softmax_gradient_kernel(dy, y, dx):
    n, inner = index(dy.shape[1]), index(dy.shape[2])
    row = index(cuda.grid(1))
    o, i = index(row // inner), index(row % inner)
    if o < index(dy.shape[0]):
        dot = real(0)
        j = index(0)
        while j < n:
            dot += dy[o, j, i] * y[o, j, i]
            j = index(j + index(1))
        j = index(0)
        while j < n:
            dx[o, j, i] = y[o, j, i] * (dy[o, j, i] - dot)
            j = index(j + index(1))


# d y[k] / d x[j] = [j = k] - exp(y[j]), so dx[j] = dy[j] - exp(y[j]) * sum over k of dy[k].
@kernel
def log_softmax_gradient_kernel(dy, y, dx):
    n, inner = index(dy.shape[1]), index(dy.shape[2])
    row = index(cuda.grid(1))
    o, i = index(row // inner), index(row % inner)
    if o < index(dy.shape[0]):
        total = real(0)
        j = index(0)
        while j < n:
            total += dy[o, j, i]
            j = index(j + index(1))
        j = index(0)
        while j < n:
            dx[o, j, i] = dy[o, j, i] - math.exp(y[o, j, i]) * total
            j = index(j + index(1))


def softmax(rows: Rows, x: Array, y: Array) -> None:
    softmax_kernel.forall(rows.number)(x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    log_softmax_kernel.forall(rows.number)(x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    softmax_gradient_kernel.forall(rows.number)(dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    log_softmax_gradient_kernel.forall(rows.number)(dy, y, dx)
