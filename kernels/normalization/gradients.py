"""Gradients of y = (x - mean) * rstd * weight + bias, mean and rstd those of the forward pass.

Sums over a channel: one block each, thread t adding the elements t, t + THREADS, ..., then a tree
in shared memory; the same order in every run. The input gradient itself: one thread per element.
That of the bias is a plain sum: see `kernels.reduction`. Layout: (n, c, l) with any strides.
"""

from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.normalization.walk import advance, split, unravel
from crosscheck.kernels.tree import THREADS, tree_sum


# d y[n, c, l] / d weight[c] = (x[n, c, l] - mean[c]) * rstd[c], so dweight[c] is rstd[c] times the
# sum of dy[n, c, l] * (x[n, c, l] - mean[c]) over n, l.
@kernel
def weight_kernel(x, dy, mean, rstd, dweight):
    """x, dy (n, c, l); mean, rstd, dweight (c)."""
    scratch = cuda.shared.array(THREADS, real)
    N, L = index(x.shape[0]), index(x.shape[2])
    c, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    step = split(index(THREADS), L)
    center = mean[c]
    acc = real(0)
    at = split(t, L)
    while at[0] < N:
        acc += dy[at[0], c, at[1]] * (x[at[0], c, at[1]] - center)
        at = advance(at, step, L)
    total = tree_sum(scratch, t, acc)
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
    N, L = index(x.shape[0]), index(x.shape[2])
    c, t = index(cuda.blockIdx.x), index(cuda.threadIdx.x)
    count = real(index(N * L))
    step = split(index(THREADS), L)
    center = mean[c]
    acc, product = real(0), real(0)
    at = split(t, L)
    while at[0] < N:
        dy_j = dy[at[0], c, at[1]]
        acc += dy_j
        product += dy_j * (x[at[0], c, at[1]] - center)
        at = advance(at, step, L)
    total = tree_sum(scratch, t, acc)
    projection = tree_sum(scratch, t, product)
    if t == 0:
        average[c] = total / count
        slope[c] = rstd[c] * rstd[c] * (projection / count)


@kernel
def input_kernel(x, dy, mean, rstd, weight, average, slope, dx):
    """x, dy, dx (n, c, l); mean, rstd (c); weight (c) or (0); average, slope (c), or (0) for 0."""
    i = index(cuda.grid(1))
    if i < index(dx.size):
        n, c, l = unravel(i, index(dx.shape[1]), index(dx.shape[2]))  # noqa: E741
        scale = rstd[c]
        if weight.shape[0] != 0:
            scale *= weight[c]
        value = dy[n, c, l]
        if average.shape[0] != 0:
            value = (value - average[c]) - (x[n, c, l] - mean[c]) * slope[c]
        dx[n, c, l] = value * scale


def weight_gradient(_: None, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array) -> None:
    if x.size:
        weight_kernel[dweight.size, THREADS](x, dy, mean, rstd, dweight)
    else:
        dweight.fill(0)


def input_gradient(
    training: bool, dy: Array, x: Array, mean: Array, rstd: Array, weight: Array, dx: Array
) -> None:
    of_channels = (mean.size if training else 0,)
    average, slope = empty(of_channels, dx.dtype, dx), empty(of_channels, dx.dtype, dx)
    if training:
        slope_kernel[mean.size, THREADS](x, dy, mean, rstd, average, slope)
    input_kernel.forall(dx.size)(x, dy, mean, rstd, weight, average, slope, dx)
