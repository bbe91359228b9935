"""Direct convolution, ReLU and 2 x 2 max-pooling: one thread computes one window of pooling.

    y[n, k, p, q] = max over i, j < 2 of relu(conv2d(x)[n, k, 2p + i, 2q + j])

The four sums come one after the other, each as direct.py computes it; of them the largest is kept.
Neighbouring threads own neighbouring windows of the last axis. Any strides of the arrays, any
stride, padding, dilation and groups of the convolution.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.direct import output
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.unravel import extents, unravel

WINDOW = 4


@kernel
def pooled_kernel(x, w, bias, floor, y, stride, corner, dilation, filters):
    """x (n, c, h, w), w (k, c, r, s), bias (k) or (0), y (n, k, p // 2, q // 2); filters: k of one
    group.
    """
    N, K, P, Q = extents(y)
    n, k, window_row, window_column = unravel(index(cuda.grid(1)), K, P, Q)
    if n < N:
        best = real(0)
        for i in range(index(WINDOW)):
            p, q = 2 * window_row + i // 2, 2 * window_column + i % 2
            value = output(x, w, bias, floor, n, k, p, q, stride, corner, dilation, filters)
            if i == 0 or value > best or value != value:  # NaN beats everything, as in PyTorch
                best = value
        y[n, k, window_row, window_column] = best


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    launch = pooled_kernel.forall(y.size)
    geometry = problem.stride, problem.corner, problem.dilation
    launch(x, w, bias, problem.floor, y, *geometry, problem.filters)
