"""Normalise: y[n, c, l] = (x[n, c, l] - mean[c]) * (rstd[c] * weight[c]) + bias[c].

The mean is subtracted first, where that is nearly exact: x * scale + (bias - mean * scale) would
save an operation and lose every digit that x and the mean share.

forward         one thread per element; the last axis runs fastest; (n, c, l) with any strides
forward_dense   one thread for four quads of a dense row, 128 bits at a time: see `dense`
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.normalization.dense import UNROLLED, Dense, next_channel, place_of_thread
from crosscheck.kernels.ptx import load_quad, store_quad
from crosscheck.kernels.unravel import extents, unravel


@device_function
def of_channel(c, mean, rstd, weight, bias):
    """Return the mean, scale and offset of channel c; mean, rstd (c); weight, bias (c) or (0)."""
    scale, offset = rstd[c], real(0)
    if weight.shape[0] != 0:
        scale *= weight[c]
    if bias.shape[0] != 0:
        offset = bias[c]
    return mean[c], scale, offset


@device_function
def normalized(x, channel, bias):
    """Return y of x; channel: what `of_channel` returned."""
    mean, scale, offset = channel
    value = (x - mean) * scale
    if bias.shape[0] != 0:  # -0 + 0 is no -0
        value += offset
    return value


@kernel
def forward_kernel(x, mean, rstd, weight, bias, y):
    """x, y (n, c, l); mean, rstd (c); weight, bias (c) or (0)."""
    N, C, L = extents(y)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        y[n, c, l] = normalized(x[n, c, l], of_channel(c, mean, rstd, weight, bias), bias)


@device_function
def normalized_quad(x, quad, bias):
    """Return four y; quad: what `of_channel` returned for each."""
    return (
        normalized(x[0], quad[0], bias),
        normalized(x[1], quad[1], bias),
        normalized(x[2], quad[2], bias),
        normalized(x[3], quad[3], bias),
    )


@kernel
def forward_dense_kernel(x, mean, rstd, weight, bias, y, outer, channels, inner):
    """x, y: rows of (outer, channel, inner); the others as in `forward_kernel`."""
    first, at, c, l = place_of_thread(channels, inner)  # noqa: E741
    period = channels * inner
    if first < outer:
        a = b = d = e = of_channel(c, mean, rstd, weight, bias)
        if l + 4 > inner:  # a quad of several channels
            c, l = next_channel(c, l, inner)  # noqa: E741
            b = of_channel(c, mean, rstd, weight, bias)
            c, l = next_channel(c, l, inner)  # noqa: E741
            d = of_channel(c, mean, rstd, weight, bias)
            c, l = next_channel(c, l, inner)  # noqa: E741
            e = of_channel(c, mean, rstd, weight, bias)
        quad = a, b, d, e
        if first + UNROLLED <= outer:
            at_1, at_2 = at + period, at + period * 2
            at_3 = at_2 + period
            x_0, x_1, x_2, x_3 = (
                load_quad(x, at),
                load_quad(x, at_1),
                load_quad(x, at_2),
                load_quad(x, at_3),
            )
            store_quad(y, at, normalized_quad(x_0, quad, bias))
            store_quad(y, at_1, normalized_quad(x_1, quad, bias))
            store_quad(y, at_2, normalized_quad(x_2, quad, bias))
            store_quad(y, at_3, normalized_quad(x_3, quad, bias))
        else:
            while first < outer:
                store_quad(y, at, normalized_quad(load_quad(x, at), quad, bias))
                at += period
                first += 1


def forward(x: Array, mean: Array, rstd: Array, weight: Array, bias: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, mean, rstd, weight, bias, y)


def forward_dense(dense: Dense, mean: Array, rstd: Array, weight: Array, bias: Array) -> None:
    """`dense.rows` are x and y."""
    x, y = dense.rows
    launch = forward_dense_kernel.forall(dense.threads)
    launch(x, mean, rstd, weight, bias, y, dense.outer, dense.channels, dense.inner)
