"""Product of two arrays, with broadcasting: y = input * other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: none.

`vectorized` (see `kernels.vectorized`) takes arrays that are one row of memory without a broadcast:
no division of an index, 128 bits at a time.
"""

from collections.abc import Sequence

from crosscheck.kernels import vectorized
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, device_function, index, kernel
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction.to_size import sum_terms
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged


# The gradients are products too: dy/dinput = other, so dinput = dy * other, and the other way
# round; `kernels.reduction.to_size` then sums over the outputs that a broadcast element is in.
@kernel
def forward_kernel(x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = product(x[a, b, c, d], other[a, b, c, d])


@device_function
def product(x, other):
    return x * other


def _direct(size: Size, x: Array, other: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, x, other)


def _gradient_direct(size: Size, dy: Array, factor: Array, dx: Array) -> None:
    sum_terms(dx, dy.shape, lambda terms: _direct(dy.shape, dy, factor, terms))


def _rows(size: Size, x: Array, other: Array, y: Array) -> bool:
    return vectorized.compute(product, "mul", y, x, other)


ALGORITHMS = {
    "forward": vectorized.table(_rows, _direct),
    "input_gradient": vectorized.table(_rows, _gradient_direct),
    "other_gradient": vectorized.table(_rows, _gradient_direct),
}
MUL = Operator("mul", ALGORITHMS, operands.examples)


@MUL.direction(operands.forward)
def forward(
    input: Array, other: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.mul` of arrays of one floating dtype, any shapes and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return MUL.run("forward", algorithm, out, input, other)


def _input_gradient(op: str, grad_output: Size, other: Size, input: Size) -> Plan:
    return operands.gradient(op, "input_size", grad_output, other, input)


@MUL.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    other: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return MUL.run("input_gradient", algorithm, out, grad_output, other, input_size)


def _other_gradient(op: str, grad_output: Size, input: Size, other: Size) -> Plan:
    return operands.gradient(op, "other_size", grad_output, input, other)


@MUL.direction(_other_gradient)
def other_gradient(
    grad_output: Array,
    input: Array,
    other_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, of shape `other_size`."""
    return MUL.run("other_gradient", algorithm, out, grad_output, input, other_size)
