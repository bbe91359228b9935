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
input gradient skips outputs that do not exist, as PyTorch does, whatever their weight. Whether the
stride divides is asked with a multiplication (exact_division.py), and the products of a (p, q) are
those of two 1-D views: 8.8 instructions an FMA, and 33 with divisions and accesses of four axes.

A position above or left of the image wraps round to a huge unsigned number, so one compare with
the extent tests both borders. The loops step h and v from turn to turn. With the formula for h and
v inside, the unrolled loop keeps a sum for each of its turns: 40 registers instead of 32, so 48
warps on an SM instead of 64 (float32, sm_90a).
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.exact_division import quotient, reciprocal
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel


@device_function
def padded(x, n, c, h, w):
    """Return x[n, c, h, w], and 0 in the padding around the image."""
    value = real(0)
    H, W = extents(x)[2:]
    if h < H and w < W:
        value = x[n, c, h, w]
    return value


@device_function
def output(x, w, bias, floor, n, k, p, q, stride, corner, dilation, filters):
    """Return y[n, k, p, q], or `floor` where it is below."""
    C, R, S = extents(w)[1:]
    first = k // filters * C  # the group's first channel in x
    top = p * stride[0] - corner[0]
    left = q * stride[1] - corner[1]
    acc = real(0)
    for c in range(C):
        h = top
        for r in range(R):
            v = left
            for s in range(S):
                acc += padded(x, n, first + c, h, v) * w[k, c, r, s]
                v += dilation[1]
            h += dilation[0]
    if bias.shape[0] != 0:
        acc += bias[k]
    return at_least(acc, floor)


@kernel
def forward_kernel(x, w, bias, floor, y, stride, corner, dilation, filters):
    """x (n, c, h, w), w (k, c, r, s), bias (k) or (0), y (n, k, p, q); filters: k of one group."""
    N, K, P, Q = extents(y)
    n, k, p, q = unravel(index(cuda.grid(1)), K, P, Q)
    if n < N:
        y[n, k, p, q] = output(x, w, bias, floor, n, k, p, q, stride, corner, dilation, filters)


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, c, r, s] where h = p * stride - padding + r * dilation
# and w likewise; so dx gathers dy[n, k, p, q] * w[k, c, r, s] from every (r, s) for which the
# stride divides h + padding - r * dilation into a p inside the output.
@device_function
def gradient(w, dy, n, channel, h, column, stride, reciprocals, corner, dilation, filters):
    """Return dx[n, channel, h, column]."""
    C, R, S = extents(w)[1:]
    P, Q = extents(dy)[2:]
    c = channel % C
    first = channel // C * filters  # the group's first filter
    acc = real(0)
    for r in range(R):
        below = h + corner[0] - r * dilation[0]
        p = quotient(below, reciprocals[0])
        if p < P and p * stride[0] == below:
            for s in range(S):
                beside = column + corner[1] - s * dilation[1]
                q = quotient(beside, reciprocals[1])
                if q < Q and q * stride[1] == beside:
                    gradients, weights = dy[n, :, p, q], w[:, c, r, s]
                    for k in range(first, first + filters):
                        acc += gradients[k] * weights[k]
    return acc


@kernel
def input_gradient_kernel(w, dy, dx, stride, reciprocals, corner, dilation, filters):
    """w (k, c, r, s), dy (n, k, p, q), dx (n, c, h, w); reciprocals: of the strides; filters: k of
    one group.
    """
    N, C, H, W = extents(dx)
    n, c, h, v = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        geometry = stride, reciprocals, corner, dilation
        dx[n, c, h, v] = gradient(w, dy, n, c, h, v, *geometry, filters)


@kernel
def transposed_kernel(w, x, bias, y, stride, reciprocals, corner, dilation, filters):
    """The same with a bias (c), which conv_transpose2d has: y of x, where that has dx of dy.

    A kernel of its own: that takes 48 registers instead of 40, so 40 warps on an SM instead of 48
    (float32, sm_90a).
    """
    N, C, H, W = extents(y)
    n, c, h, v = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        geometry = stride, reciprocals, corner, dilation
        y[n, c, h, v] = gradient(w, x, n, c, h, v, *geometry, filters) + bias[c]


# d y[n, k, p, q] / d w[k, c, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
@kernel
def weight_gradient_kernel(x, dy, dw, stride, corner, dilation, filters):
    """x (n, c, h, w), dy (n, k, p, q), dw (k, c, r, s); filters: k of one group."""
    N, _, P, Q = extents(dy)
    K, C, R, S = extents(dw)
    k, c, r, s = unravel(index(cuda.grid(1)), C, R, S)
    if k < K:
        channel = k // filters * C + c
        top = r * dilation[0] - corner[0]
        left = s * dilation[1] - corner[1]
        acc = real(0)
        for n in range(N):
            h = top
            for p in range(P):
                v = left
                for q in range(Q):
                    acc += padded(x, n, channel, h, v) * dy[n, k, p, q]
                    v += stride[1]
                h += stride[0]
        dw[k, c, r, s] = acc


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    launch = forward_kernel.forall(y.size)
    geometry = problem.stride, problem.corner, problem.dilation
    launch(x, w, bias, problem.floor, y, *geometry, problem.filters)


def input_gradient(
    problem: Problem, w: Array, dy: Array, dx: Array, bias: Array | None = None
) -> None:
    reciprocals = tuple(map(reciprocal, problem.stride))
    geometry = problem.stride, reciprocals, problem.corner, problem.dilation
    if bias is None or bias.size == 0:
        input_gradient_kernel.forall(dx.size)(w, dy, dx, *geometry, problem.filters)
    else:
        transposed_kernel.forall(dx.size)(w, dy, bias, dx, *geometry, problem.filters)


def weight_gradient(problem: Problem, x: Array, dy: Array, dw: Array) -> None:
    launch = weight_gradient_kernel.forall(dw.size)
    launch(x, dy, dw, problem.stride, problem.corner, problem.dilation, problem.filters)
