"""Gradients of y = (x - mean) * rstd * weight + bias, mean and rstd those of the forward pass.

Sums over a channel: one block for one channel at a time, thread t adding the elements t,
t + THREADS, ..., then a tree in shared memory; the same order in every run. The input gradient
itself: one thread per element. That of the bias is a plain sum: see `kernels.reduction`. Layout:
(n, c, l) with any strides.
"""

from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.block_reduce import THREADS, block_sum, grid, rows_of_block
from crosscheck.kernels.launch import cuda, index, kernel, real
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


@kernel
def input_kernel(x, dy, mean, rstd, weight, average, slope, dx):
    """x, dy, dx (n, c, l); mean, rstd (c); weight (c) or (0); average, slope (c), or (0) for 0."""
    N, C, L = extents(dx)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        scale = rstd[c]
        if weight.shape[0] != 0:
            scale *= weight[c]
        value = dy[n, c, l]
        if average.shape[0] != 0:
            value = (value - average[c]) - (x[n, c, l] - mean[c]) * slope[c]
        dx[n, c, l] = value * scale


def weight_gradient(_: None, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array) -> None:
    if x.size:
        weight_kernel[grid(dweight.size), THREADS](x, dy, mean, rstd, dweight)
    else:
        dweight.fill(0)


def input_gradient(
    training: bool, dy: Array, x: Array, mean: Array, rstd: Array, weight: Array, dx: Array
) -> None:
    of_channels = (mean.size if training else 0,)
    average, slope = empty(of_channels, dx.dtype, dx), empty(of_channels, dx.dtype, dx)
    if training:
        slope_kernel[grid(mean.size), THREADS](x, dy, mean, rstd, average, slope)
    input_kernel.forall(dx.size)(x, dy, mean, rstd, weight, average, slope, dx)
