"""Mean and 1 / sqrt(variance + eps) of every channel, and the running statistics.

One block for one channel at a time. Thread t adds the elements t, t + THREADS, ... of its channel,
so that a warp reads neighbours of an image row; then a tree in shared memory adds the threads'
sums: the same order in every run. Layout: (n, c, l) with any strides. Constraint: at least one
element.

A single pass over x and x * x would cancel where the mean is large. So there are two: the first
gives a mean, off by rounding; the second adds up the differences d = x - mean, whose average
corrects the mean, and their squares:

    mean = shift + error          shift = sum x / N, error = sum d / N, d = x - shift
    var  = sum d^2 / N - error^2  (Chan, Golub, LeVeque, "Algorithms for computing the sample
                                  variance", 1983: the corrected two-pass algorithm)
"""

import math

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import THREADS, block_sum, grid, rows_of_block
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.unravel import advance, extents, unravel


@device_function
def write_statistics(
    c, center, var, count, mean, rstd, running_mean, running_var, momentum, keep, eps
):
    """Write channel c's statistics from its mean `center` and its variance."""
    if var < real(0):  # by rounding; a NaN stays
        var = real(0)
    mean[c] = center
    rstd[c] = real(1) / math.sqrt(var + eps)
    if running_mean.shape[0] != 0:
        unbiased = var * (count / (count - real(1)))
        running_mean[c] = keep * running_mean[c] + momentum * center
        running_var[c] = keep * running_var[c] + momentum * unbiased


@kernel
def batch_kernel(x, mean, rstd, running_mean, running_var, momentum, keep, eps):
    """x (n, c, l); mean, rstd (c); running_mean, running_var (c), updated, or (0)."""
    scratch = cuda.shared.array(THREADS, real)
    N, C, L = extents(x)
    t = index(cuda.threadIdx.x)
    for c in rows_of_block(C):
        count = real(N * L)
        step = unravel(index(THREADS), L)
        acc = real(0)
        n, l = unravel(t, L)  # noqa: E741
        while n < N:
            acc += x[n, c, l]
            n, l = advance((n, l), step, L)  # noqa: E741
        shift = block_sum(scratch, t, acc) / count
        acc, squares = real(0), real(0)
        n, l = unravel(t, L)  # noqa: E741
        while n < N:
            d = x[n, c, l] - shift
            acc += d
            squares += d * d
            n, l = advance((n, l), step, L)  # noqa: E741
        error = block_sum(scratch, t, acc) / count
        var = block_sum(scratch, t, squares) / count - error * error
        if error == error:  # an infinite shift makes it NaN, and stands for itself
            shift += error
        if t == 0:
            running = running_mean, running_var
            write_statistics(c, shift, var, count, mean, rstd, *running, momentum, keep, eps)


@kernel
def running_kernel(running_mean, running_var, mean, rstd, eps):
    """One thread a channel: all arrays (c)."""
    c = index(cuda.grid(1))
    if c < index(mean.size):
        mean[c] = running_mean[c]
        rstd[c] = real(1) / math.sqrt(running_var[c] + eps)


def of_batch(
    x: Array,
    mean: Array,
    rstd: Array,
    running_mean: Array,
    running_var: Array,
    momentum: float,
    eps: float,
) -> None:
    """Fill mean and rstd from x (n, c, l); update the running statistics where their size is c."""
    launch = batch_kernel[grid(mean.size), THREADS]
    launch(x, mean, rstd, running_mean, running_var, momentum, 1 - momentum, eps)


def of_running(
    running_mean: Array, running_var: Array, mean: Array, rstd: Array, eps: float
) -> None:
    """Fill mean and rstd from the running statistics."""
    running_kernel.forall(mean.size)(running_mean, running_var, mean, rstd, eps)
