"""Direct convolution: one thread computes one output, summing in registers in a fixed order.

    forward          y[n, k, p, q] = bias[k] + sum over c, r, s of x[n, c, h, w] * w[k, c, r, s]
                     with h = p * stride - padding + r * dilation, w likewise from q and s
    input gradient   dx[n, c, h, w] = sum over k and the (r, s) that lead from (h, w) to a (p, q)
    weight gradient  dw[k, c, r, s] = sum over n, p, q

Neighbouring threads own neighbouring elements of the last axis, so their reads of an image fall
together. Any strides of the arrays, any stride, padding, dilation and groups. The channels c are
those of one group. No shared memory and no barrier.

Forward and weight gradient multiply the zeros of the padding, as PyTorch's native kernels do: where
a window reaches into the padding, an infinite or NaN weight (or output gradient) gives NaN. The
input gradient skips outputs that do not exist, as PyTorch does, whatever their weight.

A position above or left of the image wraps round to a huge unsigned number, so one compare with
the extent tests both borders. The loops are `while` loops: a `range` over unsigned numbers costs
selects that nearly double the inner loop's instructions (130 against 68 for four products, sm_90a).
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tiles import split
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real


@device_function
def padded(x, n, c, h, w):
    """Return x[n, c, h, w], and 0 in the padding around the image."""
    value = real(0)
    if h < index(x.shape[2]) and w < index(x.shape[3]):
        value = x[n, c, h, w]
    return value


@kernel
def forward_kernel(x, w, bias, y, stride, corner, dilation, filters):
    """x (n, c, h, w), w (k, c, r, s), bias (k) or (0), y (n, k, p, q); filters: k of one group."""
    C, R, S = index(w.shape[1]), index(w.shape[2]), index(w.shape[3])
    N, K, P, Q = index(y.shape[0]), index(y.shape[1]), index(y.shape[2]), index(y.shape[3])
    plane, p, q = split(index(cuda.grid(1)), P, Q)
    n, k = index(plane // K), index(plane % K)
    if n < N:
        first = index(index(k // filters) * C)  # the group's first channel in x
        top = index(index(p * stride[0]) - corner[0])
        left = index(index(q * stride[1]) - corner[1])
        acc = real(0)
        c = index(0)
        while c < C:
            r, row = index(0), top
            while r < R:
                s, column = index(0), left
                while s < S:
                    acc += padded(x, n, index(first + c), row, column) * w[k, c, r, s]
                    s, column = index(s + index(1)), index(column + dilation[1])
                r, row = index(r + index(1)), index(row + dilation[0])
            c = index(c + index(1))
        if bias.shape[0] != 0:
            acc += bias[k]
        y[n, k, p, q] = acc


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, c, r, s] where h = p * stride - padding + r * dilation
# and w likewise; so dx gathers dy[n, k, p, q] * w[k, c, r, s] from every (r, s) for which the
# stride divides h + padding - r * dilation into a p inside the output.
@kernel
def input_gradient_kernel(w, dy, dx, stride, corner, dilation, filters):
    """w (k, c, r, s), dy (n, k, p, q), dx (n, c, h, w); filters: k of one group."""
    C, R, S = index(w.shape[1]), index(w.shape[2]), index(w.shape[3])
    P, Q = index(dy.shape[2]), index(dy.shape[3])
    N, channels = index(dx.shape[0]), index(dx.shape[1])
    plane, h, column = split(index(cuda.grid(1)), index(dx.shape[2]), index(dx.shape[3]))
    n, channel = index(plane // channels), index(plane % channels)
    if n < N:
        c = index(channel % C)
        first = index(index(channel // C) * filters)  # the group's first filter
        last = index(first + filters)
        acc = real(0)
        r, below = index(0), index(h + corner[0])
        while r < R:
            p = index(below // stride[0])
            if p < P and index(p * stride[0]) == below:
                s, beside = index(0), index(column + corner[1])
                while s < S:
                    q = index(beside // stride[1])
                    if q < Q and index(q * stride[1]) == beside:
                        k = first
                        while k < last:
                            acc += dy[n, k, p, q] * w[k, c, r, s]
                            k = index(k + index(1))
                    s, beside = index(s + index(1)), index(beside - dilation[1])
            r, below = index(r + index(1)), index(below - dilation[0])
        dx[n, channel, h, column] = acc


# d y[n, k, p, q] / d w[k, c, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
@kernel
def weight_gradient_kernel(x, dy, dw, stride, corner, dilation, filters):
    """x (n, c, h, w), dy (n, k, p, q), dw (k, c, r, s); filters: k of one group."""
    N, P, Q = index(x.shape[0]), index(dy.shape[2]), index(dy.shape[3])
    K, C = index(dw.shape[0]), index(dw.shape[1])
    plane, r, s = split(index(cuda.grid(1)), index(dw.shape[2]), index(dw.shape[3]))
    k, c = index(plane // C), index(plane % C)
    if k < K:
        channel = index(index(index(k // filters) * C) + c)
        top = index(index(r * dilation[0]) - corner[0])
        left = index(index(s * dilation[1]) - corner[1])
        acc = real(0)
        n = index(0)
        while n < N:
            p, row = index(0), top
            while p < P:
                q, column = index(0), left
                while q < Q:
                    acc += padded(x, n, channel, row, column) * dy[n, k, p, q]
                    q, column = index(q + index(1)), index(column + stride[1])
                p, row = index(p + index(1)), index(row + stride[0])
            n = index(n + index(1))
        dw[k, c, r, s] = acc


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    launch = forward_kernel.forall(y.size)
    launch(x, w, bias, y, problem.stride, problem.corner, problem.dilation, problem.filters)


def input_gradient(problem: Problem, w: Array, dy: Array, dx: Array) -> None:
    launch = input_gradient_kernel.forall(dx.size)
    launch(w, dy, dx, problem.stride, problem.corner, problem.dilation, problem.filters)


def weight_gradient(problem: Problem, x: Array, dy: Array, dw: Array) -> None:
    launch = weight_gradient_kernel.forall(dw.size)
    launch(x, dy, dw, problem.stride, problem.corner, problem.dilation, problem.filters)
