"""A choice between two arrays, with broadcasting: y = input where condition, else other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: the condition is of booleans.
"""

from collections.abc import Iterator, Sequence

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction.to_size import sum_terms
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged

INTEGERS = {"condition": (np.bool_,)}


@kernel
def forward_kernel(condition, x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = x[a, b, c, d] if condition[a, b, c, d] else other[a, b, c, d]


# An output's gradient is that of the operand that was chosen; the other has 0, even where dy is
# NaN. `kernels.reduction.to_size` then sums over the outputs that a broadcast element is in.
#     dinput = dy where condition, else 0          dother = dy where not condition, else 0
@kernel
def gradient_kernel(condition, dy, terms, chosen):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        terms[a, b, c, d] = dy[a, b, c, d] if condition[a, b, c, d] == chosen else real(0)


def _forward_direct(size: Size, condition: Array, x: Array, other: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, condition, x, other)


def _gradient_direct(chosen: bool, dy: Array, condition: Array, dx: Array) -> None:
    def compute(terms: Array) -> None:
        launch_merged(gradient_kernel, terms, condition, dy, options=(chosen,))

    sum_terms(dx, dy.shape, compute)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _gradient_direct)),
    "other_gradient": table(Algorithm("direct", _gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((64, 64), dtype)
    yield {"condition": np.zeros((64, 64), bool), "input": x, "other": x}, {}


WHERE = Operator("where", ALGORITHMS, _examples)


def _forward(op: str, condition: Size, input: Size, other: Size) -> Plan:
    size = operands.broadcast(op, condition, operands.broadcast(op, input, other))
    return Plan(size, [operands.output(size, input=input, other=other)], integers=INTEGERS)


@WHERE.direction(_forward)
def forward(
    condition: Array,
    input: Array,
    other: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.where` of arrays of one floating dtype, any shapes and strides.

    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return WHERE.run("forward", algorithm, out, condition, input, other)


def _input_gradient(op: str, grad_output: Size, condition: Size, input: Size) -> Plan:
    return _gradient(op, True, "input_size", grad_output, condition, input)


@WHERE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    condition: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return WHERE.run("input_gradient", algorithm, out, grad_output, condition, input_size)


def _other_gradient(op: str, grad_output: Size, condition: Size, other: Size) -> Plan:
    return _gradient(op, False, "other_size", grad_output, condition, other)


@WHERE.direction(_other_gradient)
def other_gradient(
    grad_output: Array,
    condition: Array,
    other_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, of shape `other_size`."""
    return WHERE.run("other_gradient", algorithm, out, grad_output, condition, other_size)


def _gradient(
    op: str, chosen: bool, name: str, grad_output: Size, condition: Size, size: Size
) -> Plan:
    plan = operands.gradient(op, name, grad_output, condition, size)
    return plan._replace(problem=chosen, integers=INTEGERS)
