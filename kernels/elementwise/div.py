"""Quotient of two arrays, with broadcasting: y = input / other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: none.
"""

from collections.abc import Sequence

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction.to_size import sum_terms
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged


# dy/dinput = 1 / other, so dinput = dy / other: a quotient as well. `kernels.reduction.to_size`
# then sums over the outputs that a broadcast element is in.
@kernel
def forward_kernel(x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = x[a, b, c, d] / other[a, b, c, d]


# dy/dother = -x / other^2. Divided twice, as PyTorch does: other^2 overflows sooner.
#     dother = -dy * (x / other / other)
@kernel
def other_gradient_kernel(dy, x, other, terms):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        divisor = other[a, b, c, d]
        terms[a, b, c, d] = -dy[a, b, c, d] * (x[a, b, c, d] / divisor / divisor)


def _forward_direct(size: Size, x: Array, other: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, x, other)


def _input_gradient_direct(size: Size, dy: Array, other: Array, dx: Array) -> None:
    sum_terms(dx, dy.shape, lambda terms: _forward_direct(size, dy, other, terms))


def _other_gradient_direct(size: Size, dy: Array, x: Array, other: Array, dother: Array) -> None:
    sum_terms(
        dother, dy.shape, lambda terms: launch_merged(other_gradient_kernel, terms, dy, x, other)
    )


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
    "other_gradient": table(Algorithm("direct", _other_gradient_direct)),
}
DIV = Operator("div", ALGORITHMS, operands.examples)


@DIV.direction(operands.forward)
def forward(
    input: Array, other: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.div` of two float32 or two float64 arrays of any shape and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return DIV.run("forward", algorithm, out, input, other)


def _input_gradient(op: str, grad_output: Size, other: Size, input: Size) -> Plan:
    return operands.gradient(op, "input_size", grad_output, other, input)


@DIV.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    other: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return DIV.run("input_gradient", algorithm, out, grad_output, other, input_size)


def _other_gradient(op: str, grad_output: Size, input: Size, other: Size) -> Plan:
    quotient = operands.broadcast(op, input, other)
    return operands.gradient(op, "other.shape", grad_output, quotient, other)


@DIV.direction(_other_gradient)
def other_gradient(
    grad_output: Array,
    input: Array,
    other: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, in its shape."""
    return DIV.run("other_gradient", algorithm, out, grad_output, input, other)
