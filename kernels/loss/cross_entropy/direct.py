"""Direct cross entropy: one thread computes one row, in registers, in order.

Logits are (n, c, d); row (n, d) runs along the classes c. m is its largest logit and s the sum of
exp(x - m), so l[c] = log(s) - (x[c] - m) is minus the log of the softmax. The loss of a row is the
sum of k[c] * l[c], with the coefficients k of `classes`. Neighbouring threads own neighbouring d.
A target that is no class gives NaN: on a GPU it is refused only later (`kernels.in_range`).
Any strides. No shared memory and no barrier.

The gradients compare the row, not n, with its end, and one has `while` loops for ranges: otherwise
they take 34 to 44 registers instead of 32 to 40 (sm_90a, sm_100a), and fewer warps fit on an SM.
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.log_sum_exp import row_max, row_sum_exp
from crosscheck.kernels.loss.cross_entropy.classes import is_class, weight_of
from crosscheck.kernels.unravel import extents, unravel


@kernel
def classes_kernel(x, target, w, ignore, keep, share, loss):
    """x (n, c, d), target (n, d) integers, w (c) or (0), loss (n, d)."""
    N, C, D = extents(x)
    n, d = unravel(index(cuda.grid(1)), D)
    if n < N:
        label = target[n, d]
        value = real(0)
        if label != ignore:
            value = real(math.nan)
            if is_class(label, x.shape[1]):
                m = row_max(x, n, d)
                log_s = math.log(row_sum_exp(x, n, d, m))
                c = index(label)
                value = keep * weight_of(w, c) * (log_s - (x[n, c, d] - m))
                if share != real(0):
                    smooth = real(0)
                    for c in range(C):
                        smooth += weight_of(w, c) * (log_s - (x[n, c, d] - m))
                    value += share * smooth
        loss[n, d] = value


@kernel
def probabilities_kernel(x, target, w, keep, share, loss):
    """x, target (n, c, d), w (c) or (0), loss (n, d)."""
    N, C, D = extents(x)
    n, d = unravel(index(cuda.grid(1)), D)
    if n < N:
        m = row_max(x, n, d)
        log_s = math.log(row_sum_exp(x, n, d, m))
        value = real(0)
        for c in range(C):
            k = keep * target[n, c, d] + share
            value += k * (log_s - (x[n, c, d] - m)) * weight_of(w, c)
        loss[n, d] = value


# d l[j] / d x[c] = p[c] - [c = j] with p = softmax(x), so with a row's own gradient g
# dx[c] = sum over j of g k[j] (p[c] - [c = j]) = p[c] * (sum over j of g k[j]) - g k[c]. As in
# PyTorch g is in the products: an infinite one makes infinity - infinity, NaN.
@kernel
def classes_gradient_kernel(dy, x, target, w, ignore, keep, share, by, divisor, each, dx):
    """Like `classes_kernel`; dy (n, d) where `each`, else (1, 1).

    dy is divided by by[0] or, where by is (0), by divisor.
    """
    N, C, D = extents(x)
    row = index(cuda.grid(1))
    if row < N * D:
        n, d = unravel(row, D)
        label = target[n, d]
        g = dy[n, d] if each else dy[0, 0]
        g = g / (by[0] if by.shape[0] != 0 else divisor)
        own = real(math.nan)
        if label == ignore:
            g = own = real(0)  # not by 0 / 0, where every row is ignored
        elif is_class(label, x.shape[1]):
            own = keep * g * weight_of(w, index(label))
        m = row_max(x, n, d)
        s = row_sum_exp(x, n, d, m)
        smooth, weights = share * g, index(w.shape[0])
        if share == real(0):  # nothing, and not 0 times an infinite g or weight
            smooth, weights = real(0), index(0)
        whole = own if weights != 0 else own + smooth * real(C)
        for c in range(weights):
            whole += smooth * w[c]
        for c in range(C):
            slope = smooth * w[c] if weights != 0 else smooth
            if c == index(label):
                slope += own
            dx[n, c, d] = math.exp(x[n, c, d] - m) / s * whole - slope


@kernel
def probabilities_gradient_kernel(dy, x, target, w, keep, share, by, divisor, each, dx):
    """Like `probabilities_kernel`; dy as in `classes_gradient_kernel`."""
    N, C, D = extents(x)
    row = index(cuda.grid(1))
    if row < N * D:
        n, d = unravel(row, D)
        g = dy[n, d] if each else dy[0, 0]
        g = g / (by[0] if by.shape[0] != 0 else divisor)
        m = row_max(x, n, d)
        s = row_sum_exp(x, n, d, m)
        whole = real(0)
        c = index(0)
        while c < C:
            whole += (keep * target[n, c, d] + share) * (g * weight_of(w, c))
            c += 1
        c = index(0)
        while c < C:
            slope = (keep * target[n, c, d] + share) * (g * weight_of(w, c))
            dx[n, c, d] = math.exp(x[n, c, d] - m) / s * whole - slope
            c += 1


# A loss is linear in the probabilities q: d loss / d q[c] = keep * w[c] * l[c].
@kernel
def target_gradient_kernel(dy, x, w, keep, divisor, each, dq):
    """x, dq (n, c, d), w (c) or (0); dy as in `classes_gradient_kernel`."""
    N, C, D = extents(x)
    n, d = unravel(index(cuda.grid(1)), D)
    if n < N:
        g = (dy[n, d] if each else dy[0, 0]) / divisor
        m = row_max(x, n, d)
        log_s = math.log(row_sum_exp(x, n, d, m))
        for c in range(C):
            dq[n, c, d] = g * weight_of(w, c) * (log_s - (x[n, c, d] - m)) * keep


def classes(x: Array, target: Array, w: Array, ignore, keep, share, loss: Array) -> None:
    classes_kernel.forall(loss.size)(x, target, w, ignore, keep, share, loss)


def probabilities(x: Array, target: Array, w: Array, keep, share, loss: Array) -> None:
    probabilities_kernel.forall(loss.size)(x, target, w, keep, share, loss)


def classes_gradient(dy: Array, x: Array, *rest) -> None:
    classes_gradient_kernel.forall(x.shape[0] * x.shape[2])(dy, x, *rest)


def probabilities_gradient(dy: Array, x: Array, *rest) -> None:
    probabilities_gradient_kernel.forall(x.shape[0] * x.shape[2])(dy, x, *rest)


def target_gradient(dy: Array, x: Array, *rest) -> None:
    target_gradient_kernel.forall(x.shape[0] * x.shape[2])(dy, x, *rest)
