"""Gradients of y = (x - mean) * rstd * weight + bias, mean and rstd those of the forward pass.

Sums over a channel: one block for one channel at a time, thread t adding the elements t,
t + THREADS, ..., then a tree in shared memory; the same order in every run. The input gradient
itself: one thread per element. That of the bias is a plain sum: see `kernels.reduction`. Layout:
(n, c, l) with any strides.
"""

from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.block_reduce import THREADS, block_sum, grid, rows_of_block
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.normalization.dense import UNROLLED, Dense, next_channel, place_of_thread
from crosscheck.kernels.ptx import load_quad, store_quad
from crosscheck.kernels.unravel import advance, extents, unravel


# d y[n, c, l] / d weight[c] = (x[n, c, l] - mean[c]) * rstd[c], so dweight[c] is rstd[c] times the
# sum of dy[n, c, l] * (x[n, c, l] - mean[c]) over n, l.
@kernel
def weight_kernel(x, dy, mean, rstd, dweight):
    """x, dy (n, c, l); mean, rstd, dweight (c)."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, L = extents(x)
    t = index(cuda.threadIdx.x)
    for c in rows_of_block(C):
        step = unravel(index(THREADS), L)
        center = mean[c]
        acc = real(0)
        n, l = unravel(t, L)  # noqa: E741
        while n < N:
            acc += dy[n, c, l] * (x[n, c, l] - center)
            n, l = advance((n, l), step, L)  # noqa: E741
        total = block_sum(scratch, t, acc)
        if t == 0:
            dweight[c] = total * rstd[c]


# With the statistics of the batch, every y depends on every x of its channel, of N elements:
#     d mean / d x_j = 1 / N, d rstd / d x_j = -rstd^3 (x_j - mean) / N, hence
#     dx_j = weight rstd (dy_j - average - (x_j - mean) slope)
#     average = sum of dy / N, slope = rstd^2 sum of dy (x - mean) / N
# With running statistics, which are constants, average and slope are 0.
@kernel
def slope_kernel(x, dy, mean, rstd, average, slope):
    """x, dy (n, c, l); mean, rstd, average, slope (c)."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, L = extents(x)
    t = index(cuda.threadIdx.x)
    step = unravel(index(THREADS), L)
    for c in rows_of_block(C):
        center = mean[c]
        acc, product = real(0), real(0)
        n, l = unravel(t, L)  # noqa: E741
        while n < N:
            dy_j = dy[n, c, l]
            acc += dy_j
            product += dy_j * (x[n, c, l] - center)
            n, l = advance((n, l), step, L)  # noqa: E741
        total = block_sum(scratch, t, acc)
        projection = block_sum(scratch, t, product)
        if t == 0:
            count = real(N * L)
            average[c] = total / count
            slope[c] = rstd[c] * rstd[c] * (projection / count)


@device_function
def of_channel(c, mean, rstd, weight, average, slope):
    """Return what `through` takes of channel c; average, slope (c), or (0) for 0."""
    scale = rstd[c]
    if weight.shape[0] != 0:
        scale *= weight[c]
    if average.shape[0] != 0:
        return scale, mean[c], average[c], slope[c]
    return scale, real(0), real(0), real(0)


@device_function
def through(dy, x, channel):
    """Return dx where the statistics are the batch's."""
    scale, mean, average, slope = channel
    return ((dy - average) - (x - mean) * slope) * scale


@kernel
def input_kernel(x, dy, mean, rstd, weight, average, slope, dx):
    """x, dy, dx (n, c, l); mean, rstd (c); weight (c) or (0); average, slope (c), or (0) for 0."""
    N, C, L = extents(dx)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        channel = of_channel(c, mean, rstd, weight, average, slope)
        if average.shape[0] != 0:
            dx[n, c, l] = through(dy[n, c, l], x[n, c, l], channel)
        else:
            dx[n, c, l] = dy[n, c, l] * channel[0]


@device_function
def through_quad(dy, x, quad):
    return (
        through(dy[0], x[0], quad[0]),
        through(dy[1], x[1], quad[1]),
        through(dy[2], x[2], quad[2]),
        through(dy[3], x[3], quad[3]),
    )


@kernel
def input_dense_kernel(x, dy, mean, rstd, weight, average, slope, dx, outer, channels, inner):
    """x, dy, dx: rows of (outer, channel, inner), see `dense`; the others as in `input_kernel`."""
    first, at, c, l = place_of_thread(channels, inner)  # noqa: E741
    period = channels * inner
    if first < outer:
        a = b = d = e = of_channel(c, mean, rstd, weight, average, slope)
        if l + 4 > inner:  # a quad of several channels
            c, l = next_channel(c, l, inner)  # noqa: E741
            b = of_channel(c, mean, rstd, weight, average, slope)
            c, l = next_channel(c, l, inner)  # noqa: E741
            d = of_channel(c, mean, rstd, weight, average, slope)
            c, l = next_channel(c, l, inner)  # noqa: E741
            e = of_channel(c, mean, rstd, weight, average, slope)
        quad = a, b, d, e
        end = min(first + UNROLLED, outer)
        if average.shape[0] != 0:
            while first < end:
                store_quad(dx, at, through_quad(load_quad(dy, at), load_quad(x, at), quad))
                at += period
                first += 1
        else:
            while first < end:
                g = load_quad(dy, at)
                store_quad(dx, at, (g[0] * a[0], g[1] * b[0], g[2] * d[0], g[3] * e[0]))
                at += period
                first += 1


def input_dense(
    dense: Dense, mean: Array, rstd: Array, weight: Array, average: Array, slope: Array
) -> None:
    """`dense.rows` are x, dy and dx."""
    x, dy, dx = dense.rows
    channels = mean, rstd, weight, average, slope
    launch = input_dense_kernel.forall(dense.threads)
    launch(x, dy, *channels, dx, dense.outer, dense.channels, dense.inner)


def weight_gradient(_: None, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array) -> None:
    if x.size:
        weight_kernel[grid(dweight.size), THREADS](x, dy, mean, rstd, dweight)
    else:
        dweight.fill(0)


def input_gradient(
    training: bool, dy: Array, x: Array, mean: Array, rstd: Array, weight: Array, dx: Array
) -> None:
    of_channels = (mean.size if training else 0,)
    average, slope = workspace(of_channels, dx), workspace(of_channels, dx)
    if training:
        slope_kernel[grid(mean.size), THREADS](x, dy, mean, rstd, average, slope)
    input_direct(x, dy, mean, rstd, weight, average, slope, dx)


def input_direct(
    x: Array,
    dy: Array,
    mean: Array,
    rstd: Array,
    weight: Array,
    average: Array,
    slope: Array,
    dx: Array,
) -> None:
    input_kernel.forall(dx.size)(x, dy, mean, rstd, weight, average, slope, dx)
