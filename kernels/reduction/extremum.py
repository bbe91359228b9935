"""The largest or smallest element along an axis, and where it is: what max and min share.

    y[k, l] = max over r of x[k, r, l]           indices[k, l] = the first r where it is

A NaN counts as larger, and as smaller, than every number. Threads: one per output goes along the
axis (forward); one per input element (gradient); the last axis runs fastest, so that a warp reads
neighbours unless the axis is the last. Layout: (outer, axis, inner), any strides. Constraints: an
axis of at least one element.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction.axes import axes, output_size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import around

FORWARD = """Return (values, int64 indices) of `torch.{name}` along `dim`.

The input is of a floating dtype, of any shape and strides. Of several the first counts, and NaN
before every number. Raises ValueError, TypeError or IndexError, before anything is launched, for
what PyTorch rejects.
"""
INPUT_GRADIENT = """Return the gradient with respect to the input, of shape `input_size`.

`indices`, int64, come from `forward` with the same arguments. Raises like `forward`.
"""


@kernel
def forward_kernel(x, y, indices, sign):
    """x (k, r, l), y and indices (k, l); sign is 1 for the largest, -1 for the smallest."""
    K, R, L = extents(x)
    k, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
    if k < K:
        best, at = x[k, 0, l], index(0)
        for r in range(1, R):
            value = x[k, r, l]
            # A NaN is taken unless there is one: it alone differs from itself.
            if sign * value > sign * best or (value != value and best == best):
                best, at = value, index(r)
        y[k, l] = best
        indices[k, l] = at


# The output is a copy of one element: dx[k, r, l] = dy[k, l] where indices[k, l] = r, else 0.
@kernel
def input_gradient_kernel(dy, indices, dx):
    """dy and indices (k, l), dx (k, r, l)."""
    K, R, L = extents(dx)
    k, r, l = unravel(index(cuda.grid(1)), R, L)  # noqa: E741
    if k < K:
        dx[k, r, l] = dy[k, l] if index(indices[k, l]) == r else real(0)


class Problem(NamedTuple):
    """The size as (outer, axis, inner), and 1 for the largest or -1 for the smallest element."""

    size: tuple[int, int, int]
    sign: float


def _forward_direct(problem: Problem, x: Array, y: Array, indices: Array) -> None:
    forward_kernel.forall(y.size)(x, y, indices, problem.sign)


def _input_gradient_direct(problem: Problem, dy: Array, indices: Array, dx: Array) -> None:
    input_gradient_kernel.forall(dx.size)(dy, indices, dx)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _axis(op: str, name: str, input: Size, dim: int) -> int:
    (axis,) = axes(op, integer(op, "dim", dim), len(input)) or (0,)
    if input and input[axis] == 0:
        expected = f"at least one element along dim {dim}"
        reject(op, name, tuple(input), expected, IndexError)
    return axis


def _forward(sign: float, op: str, input: Size, dim: int, keepdim: bool) -> Plan:
    axis = _axis(op, "input.shape", input, dim)
    outer, extent, inner = around(tuple(input), axis)
    size = output_size(input, (axis,), bool(keepdim))
    return Plan(
        Problem((outer, extent, inner), sign),
        [Output(size), Output(size, np.int64)],
        views={
            "input": (outer, extent, inner),
            "out": (outer, inner),
            "indices": (outer, inner),
        },
    )


def _input_gradient(
    op: str, grad_output: Size, indices: Size, input: Size, dim: int, keepdim: bool
) -> Plan:
    axis = _axis(op, "input_size", input, dim)
    outer, extent, inner = around(tuple(input), axis)
    size = output_size(input, (axis,), bool(keepdim))
    return Plan(
        Problem((outer, extent, inner), 1.0),
        [Output(input)],
        sizes={"grad_output": size, "indices": size},
        integers={"indices": (np.int64,)},
        views={
            "grad_output": (outer, inner),
            "indices": (outer, inner),
            "out": (outer, extent, inner),
        },
    )


def _examples(dtype: type) -> Iterator[Example]:
    x, indices = np.zeros((64, 128), dtype), np.zeros(64, np.int64)
    yield {"input": x, "indices": indices}, {"dim": 1}


class Extremum(Operator):
    """The operator "max" with the sign 1, "min" with -1: `forward` and `input_gradient`."""

    def __init__(self, name: str, sign: float) -> None:
        super().__init__(name, ALGORITHMS, _examples)

        @self.direction(partial(_forward, sign))
        def forward(
            input: Array,
            dim: int,
            keepdim: bool = False,
            *,
            algorithm: str | None = None,
            out: Array | None = None,
            indices: Array | None = None,
        ) -> tuple[Array, Array]:
            return self.run("forward", algorithm, (out, indices), input, dim, keepdim)

        @self.direction(_input_gradient)
        def input_gradient(
            grad_output: Array,
            indices: Array,
            input_size: Sequence[int],
            dim: int,
            keepdim: bool = False,
            *,
            algorithm: str | None = None,
            out: Array | None = None,
        ) -> Array:
            given = grad_output, indices, input_size, dim, keepdim
            return self.run("input_gradient", algorithm, out, *given)

        forward.__doc__ = FORWARD.format(name=name)
        input_gradient.__doc__ = INPUT_GRADIENT
        self.forward, self.input_gradient = forward, input_gradient
