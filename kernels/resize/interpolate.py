"""Interpolation: every output is a weighted mean of a few inputs, along rows and columns apart.

    y[n, c, p, q] = sum over i of a[p, i] * row(p, i),
           row(p, i) = sum over j of b[q, j] * x[n, c, h(p, i), w(q, j)]

axis.py has the tables of h and a, and of w and b. They are made on the host and kept for the next
call; all images and channels share them, so they stay in the cache.

Threads: one an output, the last axis running fastest: a warp reads neighbours in the columns' table
and, where it enlarges, in a row of x. Layout: (n, c, h, w) with any strides.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.resize import axis
from crosscheck.kernels.resize.axis import Axis
from crosscheck.kernels.schedule import Schedule, Scheduled
from crosscheck.kernels.unravel import extents, unravel

# PyTorch's modes: how each axis is interpolated, and the ranks of the input.
MODES = {
    "nearest": (axis.NEAREST, (3, 4)),
    "nearest-exact": (axis.NEAREST_EXACT, (3, 4)),
    "linear": (axis.LINEAR, (3,)),
    "bilinear": (axis.LINEAR, (4,)),
    "bicubic": (axis.CUBIC, (4,)),
}


@device_function
def weighted(x, n, c, h, first, end, places, weights, start):
    """Return the sum of row h of x over the entries from `first` to before `end`."""
    total = start
    for j in range(first, end):
        total += weights[j] * x[n, c, h, index(places[j])]
    return total


# d y[n, c, p, q] / d x[n, c, h, w] = a[p, i] * b[q, j] for every i with h(p, i) = h and every j
# with w(q, j) = w. Which p and i those are is the table of rows read by columns. So
#     dx[n, c, h, w] = sum over (p, i) of a[p, i] * (sum over (q, j) of b[q, j] * dy[n, c, p, q])
# is the same sum over tables that are transposed, and the same kernel gathers it.
@kernel
def weighted_kernel(
    x, y, start, row_starts, rows, row_weights, column_starts, columns, column_weights
):
    """x (n, c, h, w), y (n, c, p, q); the tables have an entry of starts for each of p + 1, q + 1.

    start: what a sum starts from. With -0 the only term of a sum keeps its sign, as in a copy.
    """
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        start = real(start)
        first, end = index(column_starts[q]), index(column_starts[q + 1])
        total = start
        for i in range(index(row_starts[p]), index(row_starts[p + 1])):
            across = weighted(x, n, c, index(rows[i]), first, end, columns, column_weights, start)
            total += row_weights[i] * across
        y[n, c, p, q] = total


class Problem(NamedTuple):
    """How the rows and the columns are interpolated."""

    rows: Axis
    columns: Axis


def _schedule(problem: Problem, x: Array, y: Array, start: float, of_gradient: bool) -> Schedule:
    place = arrays.place(x)
    rows, columns = (axis.table(each, of_gradient, x.dtype, place) for each in problem)

    def run(x: Array, y: Array) -> None:
        weighted_kernel.forall(y.size)(x, y, start, *rows, *columns)

    return run


def _forward_direct(problem: Problem, x: Array, y: Array) -> Schedule:
    return _schedule(problem, x, y, -0.0, of_gradient=False)


def _input_gradient_direct(problem: Problem, dy: Array, dx: Array) -> Schedule:
    return _schedule(problem, dy, dx, 0.0, of_gradient=True)


ALGORITHMS = {
    "forward": table(Algorithm("direct", Scheduled(_forward_direct))),
    "input_gradient": table(Algorithm("direct", Scheduled(_input_gradient_direct))),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, dy = np.zeros((2, 4, 16, 16), dtype), np.zeros((2, 4, 32, 32), dtype)
    options = {"size": (32, 32), "factors": (), "mode": "bilinear", "align_corners": False}
    yield {"input": x, "grad_output": dy}, options


INTERPOLATE = Operator("interpolate", ALGORITHMS, _examples)


def _parse(
    op: str,
    input: tuple[str, Size],
    size: tuple[str, Size],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
) -> Problem:
    """Return the checked problem; `input` and `size` are (the argument's name, the extents)."""
    (name, images), (size_name, outputs) = input, size
    if mode not in MODES:
        reject(op, "mode", mode, f"one of {sorted(MODES)}")
    how, ranks = MODES[mode]
    rank(op, name, images, ranks)
    if align_corners and how in (axis.NEAREST, axis.NEAREST_EXACT):
        reject(op, "align_corners", align_corners, f"None with mode={mode!r}")
    spatial = images[2:]
    if len(outputs) != len(spatial):
        reject(op, size_name, tuple(outputs), f"{len(spatial)} integers")
    if factors and len(factors) != len(spatial):
        reject(op, "factors", tuple(factors), f"none or {len(spatial)} numbers")
    if 0 in images[1:]:
        reject(op, name, tuple(images), "at least 1 channel, row and column")
    if any(each < 1 for each in outputs):
        reject(op, size_name, tuple(outputs), "at least 1 row and column")
    factors = factors or [0.0] * len(spatial)
    axes = [
        Axis(how, *extents, align_corners)
        for extents in zip(spatial, outputs, factors, strict=True)
    ]
    return Problem(*([Axis(axis.NEAREST, 1, 1, 0.0, False)] * (2 - len(axes))), *axes)


def _batch(size: Size) -> tuple[int, ...]:
    """Return the size of images (n, c, h, w) or signals (n, c, w) as that of images."""
    return (*size[:2], *[1] * (4 - len(size)), *size[2:])


def _forward(op: str, input: Size, size: Size, *how: object) -> Plan:
    problem = _parse(op, ("input.shape", input), ("size", size), *how)
    output = (*input[:2], *size)
    views = {"input": _batch(input), "out": _batch(output)}
    return Plan(problem, [Output(output, nhwc=("input",))], views=views)


@INTERPOLATE.direction(_forward)
def forward(
    input: Array,
    size: Sequence[int],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return images (n, c, h, w) or signals (n, c, w), float32 or float64, interpolated to `size`.

    As torch.nn.functional.interpolate in one of MODES, without antialias. `factors`: what each axis
    is scaled by, where it is not the ratio of the sizes; else empty. The output is in NHWC where
    the input is.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    given = input, size, factors, mode, align_corners
    return INTERPOLATE.run("forward", algorithm, out, *given)


def _input_gradient(op: str, grad_output: Size, input: Size, *how: object) -> Plan:
    rank(op, "grad_output.shape", grad_output, (3, 4))
    size = grad_output[2:]
    problem = _parse(op, ("input_size", input), ("grad_output.shape[2:]", size), *how)
    views = {"grad_output": _batch(grad_output), "out": _batch(input)}
    expected = {"grad_output": (*input[:2], *size)}
    return Plan(problem, [Output(input, nhwc=("grad_output",))], sizes=expected, views=views)


@INTERPOLATE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    factors: Sequence[float],
    mode: str,
    align_corners: bool,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    Raises like `forward`.
    """
    given = grad_output, input_size, factors, mode, align_corners
    return INTERPOLATE.run("input_gradient", algorithm, out, *given)
