"""Normalise: y[n, c, l] = (x[n, c, l] - mean[c]) * (rstd[c] * weight[c]) + bias[c].

Threads: one per element; the last axis runs fastest. Layout: (n, c, l) with any strides. The mean
is subtracted first, where that is nearly exact: x * scale + (bias - mean * scale) would save an
operation and lose every digit that x and the mean share.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.unravel import extents, unravel


@kernel
def forward_kernel(x, mean, rstd, weight, bias, y):
    """x, y (n, c, l); mean, rstd (c); weight, bias (c) or (0)."""
    N, C, L = extents(y)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        scale = rstd[c]
        if weight.shape[0] != 0:
            scale *= weight[c]
        value = (x[n, c, l] - mean[c]) * scale
        if bias.shape[0] != 0:
            value += bias[c]
        y[n, c, l] = value


def forward(x: Array, mean: Array, rstd: Array, weight: Array, bias: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, mean, rstd, weight, bias, y)
