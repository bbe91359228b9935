"""The p-norm over axes: the length of vectors, by different measures.

    y[k] = (sum over r of |x[k, r]|^p)^(1 / p)

A p of 0 counts the elements that are not 0. With a p of infinity y is the largest |x|, with
-infinity the smallest: `max` and `min` of |x|, by their kernels, one axis after the other.

Threads, layout: those of `kernels.reduction.kernels` (forward); one thread per element, any strides
(input gradient). Constraints: for a p below 0, or infinite, at least one element to each output.
"""

import math
from collections.abc import Iterator
from math import isinf, prod
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.elementwise import abs_
from crosscheck.kernels.elementwise.abs_ import absolute_gradient
from crosscheck.kernels.elementwise.pow_ import power
from crosscheck.kernels.elementwise.unary import number
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import max_, min_, reduce
from crosscheck.kernels.reduction.axes import Dim, axes, output_size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged


@device_function
def size_power(x, p, inverse):
    if p == real(0):
        return real(0) if x == real(0) else real(1)
    size = math.fabs(x)
    return size if p == real(1) else power(size, p)


@device_function
def root(total, p, inverse):
    if p == real(0) or p == real(1):
        return total
    return power(total, inverse)


# dy/dx = sign(x) (|x| / y)^(p - 1), in the order in which PyTorch has it: an intermediate result
# overflows here where it does there. A vector of zeros has no direction, and passes no gradient;
# nor does an element of 0 with a p below 1, where its slope is infinite. That of a count is 0.
@device_function
def slope(dy, x, y, p):
    if p == real(0):
        return real(0)
    if p == real(1):
        return absolute_gradient(dy, x)
    if p == real(2):
        return dy * (real(0) if y == real(0) else x / y)
    if p < real(1):
        steep = real(0) if x == real(0) else power(math.fabs(x), p - real(1))
        return absolute_gradient(steep, x) * dy * power(y, real(1) - p)
    share = real(0) if y == real(0) else dy / power(y, p - real(1))
    if p < real(2):
        return absolute_gradient(power(math.fabs(x), p - real(1)), x) * share
    return x * power(math.fabs(x), p - real(2)) * share


@kernel
def input_gradient_kernel(dy, x, y, dx, p):
    """All of one shape of four axes, dy and y with stride 0 along the reduced ones."""
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        dx[a, b, c, d] = slope(dy[a, b, c, d], x[a, b, c, d], y[a, b, c, d], p)


# The largest |x| is that of one element, or of `count` that share dy. NaN counts as the largest.
@kernel
def is_extreme_kernel(x, y, mask):
    """As above; mask is 1 where |x| = y or x is NaN, else 0."""
    A, B, C, D = extents(mask)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        value = x[a, b, c, d]
        extreme = math.fabs(value) == y[a, b, c, d] or value != value
        mask[a, b, c, d] = real(1) if extreme else real(0)


@kernel
def share_kernel(dy, x, mask, count, dx):
    """As above; count, the sums of mask, has stride 0 as dy has."""
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        share = dy[a, b, c, d] / count[a, b, c, d] * mask[a, b, c, d]
        dx[a, b, c, d] = absolute_gradient(share, x[a, b, c, d])


class Problem(NamedTuple):
    """What `kernels.reduction.reduce` asks of a sum; its numbers are p and 1 / p."""

    axes: tuple[int, ...]
    outputs: int
    count: int
    numbers: tuple[float, float]

    @property
    def p(self) -> float:
        return self.numbers[0]


SUMS = reduce.sums(size_power, root)


def _forward_direct(problem: Problem, x: Array, y: Array) -> None:
    if isinf(problem.p):
        extremum, sizes = max_ if problem.p > 0 else min_, abs_.forward(x)
        for axis in reversed(problem.axes):
            sizes, _ = extremum.forward(sizes, axis, True)
        y[...] = sizes.reshape(y.shape)
    else:
        SUMS["direct"].run(problem, x, y)


def _input_gradient_direct(problem: Problem, dy: Array, x: Array, y: Array, dx: Array) -> None:
    if isinf(problem.p):
        mask, count = workspace(x.shape, x), workspace(y.shape, x)
        launch_merged(is_extreme_kernel, mask, x, y)
        reduce.add_up(mask, problem.axes, count)
        launch_merged(share_kernel, dx, dy, x, mask, count)
    else:
        launch_merged(input_gradient_kernel, dx, dy, x, y, options=(problem.p,))


def _has_a_tree(problem: Problem) -> str:
    return "an infinite p takes no sum" if isinf(problem.p) else ""


ALGORITHMS = {
    "forward": table(
        Algorithm("direct", _forward_direct, prefers=reduce.prefers_direct),
        Algorithm("tree", SUMS["tree"].run, unsupported=_has_a_tree),
    ),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    for p in (2.5, math.inf):
        yield {"input": np.ones((64, 128), dtype)}, {"ord": p, "dim": 1}


VECTOR_NORM = Operator("vector_norm", ALGORITHMS, _examples)


def _problem(op: str, input: Size, ord: float, dim: Dim) -> Problem:
    p, reduced = number(op, "ord", ord), axes(op, dim, len(input))
    outputs = prod(output_size(input, reduced, keepdim=False))
    count = prod(input[axis] for axis in reduced)
    if count == 0 and (p < 0 or isinf(p)):
        reject(op, "input.shape", tuple(input), f"at least one element for a norm of ord {ord}")
    return Problem(reduced, outputs, count, (p, 1 / p if p else 0.0))


def _forward(op: str, input: Size, ord: float, dim: Dim, keepdim: bool) -> Plan:
    problem = _problem(op, input, ord, dim)
    return Plan(problem, [Output(output_size(input, problem.axes, bool(keepdim)))])


@VECTOR_NORM.direction(_forward)
def forward(
    input: Array,
    ord: float = 2.0,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.linalg.vector_norm` of a floating array over some axes, or all.

    `ord` is p, any number, infinite ones included. Any shape and strides. Raises ValueError,
    TypeError or IndexError, before anything is launched, for what PyTorch rejects.
    """
    return VECTOR_NORM.run("forward", algorithm, out, input, ord, dim, keepdim)


def _input_gradient(
    op: str, grad_output: Size, input: Size, output: Size, ord: float, dim: Dim, keepdim: bool
) -> Plan:
    problem = _problem(op, input, ord, dim)
    size = output_size(input, problem.axes, bool(keepdim))
    wide = output_size(input, problem.axes, True)
    return Plan(
        problem,
        [Output(input, like="input")],
        sizes={"grad_output": size, "output": size},
        views={"grad_output": wide, "output": wide},
    )


@VECTOR_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    output: Array,
    ord: float = 2.0,
    dim: Dim = None,
    keepdim: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input; `output` is that of `forward`.

    Raises like `forward`.
    """
    given = grad_output, input, output, ord, dim, keepdim
    return VECTOR_NORM.run("input_gradient", algorithm, out, *given)
