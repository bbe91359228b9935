"""Max pooling of images in channels_last: a thread takes a quad of channels (see `pixels`).

What it computes, and which of equal elements wins, is `max_pool2d`'s; so is the order of its sums.
Threads: one per quad of channels of an output (forward), of an input pixel (input gradient); the
channels run fastest. Other layouts are left to `direct`.

Bytes an output: 4 for each pixel of the input, once from memory, and 12 for the output and its
index; in `direct` up to 8 times as many. Instructions: 6.5 for each pixel of a window, and 4.7
backward for each window of a pixel (the inner loop's; float32, sm_90a).
"""

import math

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.pooling.geometry import taps, windows
from crosscheck.kernels.pooling.pixels import place, rows_of_pixels
from crosscheck.kernels.pooling.problem import Problem
from crosscheck.kernels.ptx import load_quad, store_quad
from crosscheck.kernels.unravel import unravel


@device_function
def larger(value, at, best, best_at):
    """Return the larger element and its index: the first of equal ones, and any NaN."""
    if value > best or value != value:
        return value, at
    return best, best_at


@kernel
def forward_kernel(x, y, indices, sizes, span, stride, padding, dilation):
    """x, y, indices: rows of pixels; sizes: n, quads of channels, h, w, p, q."""
    N, K, H, W, P, Q = sizes
    n, p, q, k = unravel(index(cuda.grid(1)), P, Q, K)
    if n < N:
        h_begin, h_end = taps(p, span[0], stride[0], padding[0], dilation[0], H)
        w_begin, w_end = taps(q, span[1], stride[1], padding[1], dilation[1], W)
        a = b = c = d = real(-math.inf)
        a_at = b_at = c_at = d_at = h_begin * W + w_begin
        for h in range(h_begin, h_end, dilation[0]):
            for w in range(w_begin, w_end, dilation[1]):
                values = load_quad(x, place(n, h, w, k, H, W, K))
                at = h * W + w
                a, a_at = larger(values[0], at, a, a_at)
                b, b_at = larger(values[1], at, b, b_at)
                c, c_at = larger(values[2], at, c, c_at)
                d, d_at = larger(values[3], at, d, d_at)
        to = place(n, p, q, k, P, Q, K)
        store_quad(y, to, (a, b, c, d))
        store_quad(indices, to, (np.int64(a_at), np.int64(b_at), np.int64(c_at), np.int64(d_at)))


@kernel
def input_gradient_kernel(dy, indices, dx, sizes, span, stride, padding):
    """dy, indices, dx: rows of pixels; sizes as in `forward_kernel`."""
    N, K, H, W, P, Q = sizes
    n, h, w, k = unravel(index(cuda.grid(1)), H, W, K)
    if n < N:
        p_begin, p_end = windows(h, span[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, span[1], stride[1], padding[1], Q)
        at = h * W + w
        a = b = c = d = real(0)
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                here = place(n, p, q, k, P, Q, K)
                won, g = load_quad(indices, here), load_quad(dy, here)
                a += g[0] if index(won[0]) == at else real(0)
                b += g[1] if index(won[1]) == at else real(0)
                c += g[2] if index(won[2]) == at else real(0)
                d += g[3] if index(won[3]) == at else real(0)
        store_quad(dx, place(n, h, w, k, H, W, K), (a, b, c, d))


def _sizes(problem: Problem) -> tuple[int, ...]:
    n, c, h, w = problem.input_size
    return n, c // 4, h, w, *problem.output_size[2:]


def forward(problem: Problem, x: Array, y: Array, indices: Array) -> bool:
    """Compute y and the indices, if the arrays are rows of pixels; return whether they were."""
    rows = rows_of_pixels(x, y, indices)
    if rows is None:
        return False
    how = problem.span, problem.stride, problem.padding, problem.dilation
    forward_kernel.forall(y.size // 4)(*rows, _sizes(problem), *how)
    return True


def input_gradient(problem: Problem, dy: Array, indices: Array, dx: Array) -> bool:
    """Compute dx; see `forward`."""
    rows = rows_of_pixels(dy, indices, dx)
    if rows is None:
        return False
    how = problem.span, problem.stride, problem.padding
    input_gradient_kernel.forall(dx.size // 4)(*rows, _sizes(problem), *how)
    return True
