"""Cross entropy by trees: one block computes one row at a time.

The formulas are those of `direct`. Thread t of the block takes the classes t, t + THREADS, ...; the
largest logit and every sum of a row are combined by trees in shared memory. All threads of a block
see the same target, so they take the same branches and meet at every barrier. Where the row is
contiguous (d = 1) a warp reads neighbours. Any strides.
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import THREADS, block_sum, grid, rows_of_block
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.log_sum_exp import block_row_max, block_row_sum_exp
from crosscheck.kernels.loss.cross_entropy.classes import is_class, weight_of
from crosscheck.kernels.unravel import extents, unravel


@kernel
def classes_kernel(x, target, w, ignore, keep, share, loss):
    """x (n, c, d), target (n, d) integers, w (c) or (0), loss (n, d)."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, D = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(N * D):
        n, d = unravel(row, D)
        label = target[n, d]
        value = real(0)
        if label != ignore:
            value = real(math.nan)
            if is_class(label, x.shape[1]):
                m = block_row_max(x, n, d, t, scratch)
                log_s = math.log(block_row_sum_exp(x, n, d, m, t, scratch))
                c = index(label)
                value = keep * weight_of(w, c) * (log_s - (x[n, c, d] - m))
                if share != real(0):
                    smooth = real(0)
                    for c in range(t, C, THREADS):
                        smooth += weight_of(w, c) * (log_s - (x[n, c, d] - m))
                    value += share * block_sum(scratch, t, smooth)
        if t == 0:
            loss[n, d] = value


@kernel
def probabilities_kernel(x, target, w, keep, share, loss):
    """x, target (n, c, d), w (c) or (0), loss (n, d)."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, D = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(N * D):
        n, d = unravel(row, D)
        m = block_row_max(x, n, d, t, scratch)
        log_s = math.log(block_row_sum_exp(x, n, d, m, t, scratch))
        value = real(0)
        for c in range(t, C, THREADS):
            k = keep * target[n, c, d] + share
            value += k * (log_s - (x[n, c, d] - m)) * weight_of(w, c)
        value = block_sum(scratch, t, value)
        if t == 0:
            loss[n, d] = value


# d l[j] / d x[c] = p[c] - [c = j] with p = softmax(x), so with a row's own gradient g
# dx[c] = sum over j of g k[j] (p[c] - [c = j]) = p[c] * (sum over j of g k[j]) - g k[c]. As in
# PyTorch g is in the products: an infinite one makes infinity - infinity, NaN.
@kernel
def classes_gradient_kernel(dy, x, target, w, ignore, keep, share, by, divisor, each, dx):
    """Like `classes_kernel`; dy (n, d) where `each`, else (1, 1).

    dy is divided by by[0] or, where by is (0), by divisor.
    """
    scratch = cuda.shared.array(THREADS, real)
    N, C, D = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(N * D):
        n, d = unravel(row, D)
        label = target[n, d]
        g = dy[n, d] if each else dy[0, 0]
        g = g / (by[0] if by.shape[0] != 0 else divisor)
        own = real(math.nan)
        if label == ignore:
            g = own = real(0)  # not by 0 / 0, where every row is ignored
        elif is_class(label, x.shape[1]):
            own = keep * g * weight_of(w, index(label))
        m = block_row_max(x, n, d, t, scratch)
        s = block_row_sum_exp(x, n, d, m, t, scratch)
        smooth, weights = share * g, index(w.shape[0])
        if share == real(0):  # nothing, and not 0 times an infinite g or weight
            smooth, weights = real(0), index(0)
        whole = own + smooth * real(C)
        if weights != 0:
            whole = real(0)
            for c in range(t, weights, THREADS):
                whole += smooth * w[c]
            whole = own + block_sum(scratch, t, whole)
        for c in range(t, C, THREADS):
            slope = smooth * w[c] if weights != 0 else smooth
            if c == index(label):
                slope += own
            dx[n, c, d] = math.exp(x[n, c, d] - m) / s * whole - slope


@kernel
def probabilities_gradient_kernel(dy, x, target, w, keep, share, by, divisor, each, dx):
    """Like `probabilities_kernel`; dy as in `classes_gradient_kernel`."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, D = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(N * D):
        n, d = unravel(row, D)
        g = dy[n, d] if each else dy[0, 0]
        g = g / (by[0] if by.shape[0] != 0 else divisor)
        m = block_row_max(x, n, d, t, scratch)
        s = block_row_sum_exp(x, n, d, m, t, scratch)
        whole = real(0)
        for c in range(t, C, THREADS):
            whole += (keep * target[n, c, d] + share) * (g * weight_of(w, c))
        whole = block_sum(scratch, t, whole)
        for c in range(t, C, THREADS):
            slope = (keep * target[n, c, d] + share) * (g * weight_of(w, c))
            dx[n, c, d] = math.exp(x[n, c, d] - m) / s * whole - slope


# A loss is linear in the probabilities q: d loss / d q[c] = keep * w[c] * l[c].
@kernel
def target_gradient_kernel(dy, x, w, keep, divisor, each, dq):
    """x, dq (n, c, d), w (c) or (0); dy as in `classes_gradient_kernel`."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, D = extents(x)
    t = index(cuda.threadIdx.x)
    for row in rows_of_block(N * D):
        n, d = unravel(row, D)
        g = (dy[n, d] if each else dy[0, 0]) / divisor
        m = block_row_max(x, n, d, t, scratch)
        log_s = math.log(block_row_sum_exp(x, n, d, m, t, scratch))
        for c in range(t, C, THREADS):
            dq[n, c, d] = weight_of(w, c) * g * (log_s - (x[n, c, d] - m)) * keep


def classes(x: Array, target: Array, w: Array, ignore, keep, share, loss: Array) -> None:
    classes_kernel[grid(loss.size), THREADS](x, target, w, ignore, keep, share, loss)


def probabilities(x: Array, target: Array, w: Array, keep, share, loss: Array) -> None:
    probabilities_kernel[grid(loss.size), THREADS](x, target, w, keep, share, loss)


def classes_gradient(dy: Array, x: Array, *rest) -> None:
    classes_gradient_kernel[grid(x.shape[0] * x.shape[2]), THREADS](dy, x, *rest)


def probabilities_gradient(dy: Array, x: Array, *rest) -> None:
    probabilities_gradient_kernel[grid(x.shape[0] * x.shape[2]), THREADS](dy, x, *rest)


def target_gradient(dy: Array, x: Array, *rest) -> None:
    target_gradient_kernel[grid(x.shape[0] * x.shape[2]), THREADS](dy, x, *rest)
