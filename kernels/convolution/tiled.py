"""Tiled convolution: a matrix product for each group, in tiles that pass through shared memory.

    forward          Y[k, npq] = W[k, crs] X[crs, npq]          tiled_forward.py
    input gradient   dX[c, nhw] = W^T[c, krs] dY[krs, nhw]      tiled_input_gradient.py
    weight gradient  dW[k, crs] = dY[k, npq] X^T[npq, crs]      tiled_weight_gradient.py

What it adds to `direct`: a block of TILE x TILE threads computes a TILE x TILE piece of the result,
thread (tx, ty) the element in row ty and column tx. At every step the block loads a tile of each
matrix to shared memory, two numbers a thread, and every thread uses 2 x TILE of them.

The matrix of patches (X, dY, X^T) is never stored: its tiles are gathered from the images, with
zeros where there is nothing. Each thread keeps its place in both matrices, as an index per axis,
and `advance` takes it a step further without a division. Any strides of the arrays, any stride,
padding, dilation and groups.

Both tiles load along tx, which runs along a filter or an image row: a warp reads neighbours. In the
sum a warp reads two words of the one tile, each a broadcast to 16 threads, and 16 words of the
other, of one row: no two threads want different words of one bank.

What it gains over `direct`, in bytes of global memory in the small layer of
`python -m crosscheck.kernels.inspect --memory convolution` (docs/memory.md): 12.1 times fewer
forward, 6.6 in the input gradient, 24.5 in the weight gradient. It takes 7.1 to 8.8 instructions an
FMA, at most 14 % of the FFMA peak (float32, sm_90a): a thread reads two words for one FMA.
"""

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import (
    tiled_forward,
    tiled_input_gradient,
    tiled_weight_gradient,
)
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.exact_division import reciprocal
from crosscheck.kernels.tiles import TILE, count


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    rows = count(problem.filters)
    columns = count(problem.n * problem.p * problem.q)
    steps = count(problem.channels * problem.r * problem.s)
    launch = tiled_forward.forward_kernel[problem.groups * rows * columns, (TILE, TILE)]
    geometry = problem.stride, problem.corner, problem.dilation
    launch(x, w, bias, problem.floor, y, *geometry, problem.filters, (rows, columns, steps))


def input_gradient(
    problem: Problem, w: Array, dy: Array, dx: Array, bias: Array | None = None
) -> None:
    rows = count(problem.channels)
    columns = count(problem.n * problem.h * problem.w)
    steps = count(problem.filters * problem.r * problem.s)
    configuration = problem.groups * rows * columns, (TILE, TILE)
    reciprocals = tuple(map(reciprocal, problem.stride))
    geometry = problem.stride, reciprocals, problem.corner, problem.dilation
    sizes = *geometry, problem.filters, (rows, columns, steps)
    if bias is None or bias.size == 0:
        tiled_input_gradient.input_gradient_kernel[configuration](w, dy, dx, *sizes)
    else:
        tiled_input_gradient.transposed_kernel[configuration](w, dy, bias, dx, *sizes)


def weight_gradient(problem: Problem, x: Array, dy: Array, dw: Array) -> None:
    rows = count(problem.filters)
    columns = count(problem.channels * problem.r * problem.s)
    steps = count(problem.n * problem.p * problem.q)
    kernel = tiled_weight_gradient.weight_gradient_kernel
    launch = kernel[problem.groups * rows * columns, (TILE, TILE)]
    geometry = problem.stride, problem.corner, problem.dilation
    launch(x, dy, dw, *geometry, problem.filters, (rows, columns, steps))
