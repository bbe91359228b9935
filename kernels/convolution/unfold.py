"""unfold and fold: images as the matrix of their windows, and back.

    unfold  y[n, (c, r, s), (p, q)] = x[n, c, h, w],  h = p * stride - padding + r * dilation
    fold    x[n, c, h, w] = sum over the (r, s) that lead from (h, w) to a (p, q)
                            of y[n, (c, r, s), (p, q)]

w likewise from q and s; outside of x is 0. A convolution is the weight's matrix times the unfolded
image. Each is linear, and its transposed the other: the gradient of one is the other's kernel.

Threads: one an element of the result, the last axis running fastest: a warp reads neighbours of an
image row, or of a row of windows. fold gathers, in ascending order of r and s: no atomics, and two
runs give the same bits. Any strides of the arrays.
"""

from collections.abc import Iterator, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.direct import padded
from crosscheck.kernels.convolution.problem import whole_pair
from crosscheck.kernels.exact_division import quotient, reciprocal
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import batch

Pair = tuple[int, int]
Extents = int | Sequence[int]


@kernel
def unfold_kernel(x, y, window, windows, stride, padding, dilation):
    """x (n, c, h, w), y (n, c * r * s, p * q); window: (r, s); windows: q."""
    N, CRS, PQ = extents(y)
    n, row, column = unravel(index(cuda.grid(1)), CRS, PQ)
    if n < N:
        c, r, s = unravel(row, window[0], window[1])
        p, q = unravel(column, windows)
        h = p * stride[0] + r * dilation[0] - padding[0]  # above the image: wraps to a huge number
        v = q * stride[1] + s * dilation[1] - padding[1]
        y[n, row, column] = padded(x, n, c, h, v)


# d y[n, (c, r, s), (p, q)] / d x[n, c, h, w] = 1 where h = p * stride - padding + r * dilation and
# w likewise; so dx gathers dy from every (r, s) for which the stride divides h + padding - r *
# dilation into a p inside the output: what `fold` does. The gradient of fold reads each dx where it
# was added: what `unfold` does.
@kernel
def fold_kernel(y, x, window, windows, stride, reciprocals, padding, dilation):
    """y (n, c * r * s, p * q), x (n, c, h, w); window: (r, s); windows: (p, q); reciprocals: of the
    strides.
    """
    N, C, H, W = extents(x)
    n, c, h, v = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        total = real(0)
        for r in range(window[0]):
            below = h + padding[0] - r * dilation[0]
            p = quotient(below, reciprocals[0])
            if p < windows[0] and p * stride[0] == below:
                for s in range(window[1]):
                    beside = v + padding[1] - s * dilation[1]
                    q = quotient(beside, reciprocals[1])
                    if q < windows[1] and q * stride[1] == beside:
                        row = (c * window[0] + r) * window[1] + s
                        total += y[n, row, p * windows[1] + q]
        x[n, c, h, v] = total


class Problem(NamedTuple):
    """Windows (r, s) at (p, q) places."""

    window: Pair
    windows: Pair
    stride: Pair
    padding: Pair
    dilation: Pair


def _unfold(problem: Problem, x: Array, y: Array) -> None:
    window, windows, *geometry = problem
    unfold_kernel.forall(y.size)(x, y, window, windows[1], *geometry)


def _fold(problem: Problem, y: Array, x: Array) -> None:
    window, windows, stride, *geometry = problem
    reciprocals = tuple(map(reciprocal, stride))
    fold_kernel.forall(x.size)(y, x, window, windows, stride, reciprocals, *geometry)


UNFOLDS, FOLDS = table(Algorithm("direct", _unfold)), table(Algorithm("direct", _fold))
ALGORITHMS = {"forward": UNFOLDS, "input_gradient": FOLDS}


def _examples(dtype: type) -> Iterator[Example]:
    x, y = np.zeros((2, 4, 16, 16), dtype), np.zeros((2, 36, 196), dtype)
    yield {"input": x, "grad_output": y}, {"kernel_size": 3}


def _examples_of_fold(dtype: type) -> Iterator[Example]:
    ((arrays, options),) = _examples(dtype)
    turned = {"input": arrays["grad_output"], "grad_output": arrays["input"]}
    yield turned, {"output_size": (16, 16), **options}


UNFOLD = Operator("unfold", ALGORITHMS, _examples)
FOLD = Operator("fold", {"forward": FOLDS, "input_gradient": UNFOLDS}, _examples_of_fold)


def windows(
    op: str,
    image: tuple[str, Sequence[int]],
    kernel_size: Any,
    dilation: Any,
    padding: Any,
    stride: Any,
) -> Problem:
    """Return the checked windows of images; `image` is (the argument's name, (..., h, w))."""
    window = whole_pair(op, "kernel_size", kernel_size, 1)
    dilations = whole_pair(op, "dilation", dilation, 1)
    paddings = whole_pair(op, "padding", padding, 0)
    strides = whole_pair(op, "stride", stride, 1)
    name, size = image
    axes = zip(size[-2:], window, dilations, paddings, strides, strict=True)
    p, q = ((h + 2 * pad - d * (r - 1) - 1) // step + 1 for h, r, d, pad, step in axes)
    if p < 1 or q < 1:
        expected = f"room for a window of {window} with dilation={dilations}, padding={paddings}"
        reject(op, name, tuple(size), expected)
    return Problem(window, (p, q), strides, paddings, dilations)


def unfolding(op: str, image: tuple[str, Size], *geometry: Any) -> tuple[Problem, Size]:
    """Return the problem and the size of the matrix for images of this size."""
    name, size = image
    rank(op, name, size, (3, 4))
    if 0 in size[-3:]:
        reject(op, name, tuple(size), "at least 1 channel, row and column")
    problem = windows(op, image, *geometry)
    return problem, (*size[:-3], size[-3] * prod(problem.window), prod(problem.windows))


def matrix(size: Size) -> Size:
    """Return the size of a matrix of windows as that of a batch."""
    return tuple(size) if len(size) == 3 else (1, *size)


def _forward(op: str, input: Size, *geometry: Any) -> Plan:
    problem, size = unfolding(op, ("input.shape", input), *geometry)
    return Plan(problem, [Output(size)], views={"input": batch(input), "out": matrix(size)})


@UNFOLD.direction(_forward)
def forward(
    input: Array,
    kernel_size: Extents,
    dilation: Extents = 1,
    padding: Extents = 0,
    stride: Extents = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the windows of images ([n,] c, h, w) as a matrix ([n,] c * r * s, p * q).

    As torch.nn.functional.unfold, for floating dtypes. Raises TypeError or ValueError, before
    anything is launched, for what PyTorch rejects.
    """
    return UNFOLD.run("forward", algorithm, out, input, kernel_size, dilation, padding, stride)


def _input_gradient(op: str, grad_output: Size, input: Size, *geometry: Any) -> Plan:
    problem, size = unfolding(op, ("input_size", input), *geometry)
    views = {"grad_output": matrix(grad_output), "out": batch(input)}
    return Plan(problem, [Output(input)], sizes={"grad_output": size}, views=views)


@UNFOLD.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    kernel_size: Extents,
    dilation: Extents = 1,
    padding: Extents = 0,
    stride: Extents = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input, of shape `input_size`: fold's forward pass.

    Raises like `forward`.
    """
    given = grad_output, input_size, kernel_size, dilation, padding, stride
    return UNFOLD.run("input_gradient", algorithm, out, *given)
