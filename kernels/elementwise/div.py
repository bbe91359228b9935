"""Quotient of two arrays, with broadcasting: y = input / other, or rounded to an integer.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: none.
"""

import math
from collections.abc import Iterator, Sequence

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
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


# y = the integer between the quotient and 0.
@kernel
def trunc_kernel(x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        quotient = x[a, b, c, d] / other[a, b, c, d]
        y[a, b, c, d] = math.copysign(math.floor(math.fabs(quotient)), quotient)


# y = the largest integer that is no larger than the quotient.
@kernel
def floor_kernel(x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = floor_quotient(x[a, b, c, d], other[a, b, c, d])


# The quotient alone, rounded, may be an integer that it is below. fmod is exact, so that
# (x - remainder) / other is an integer but for two roundings.
@device_function
def floor_quotient(x, other):
    if other == real(0):
        return x / other
    remainder = math.fmod(x, other)
    quotient = (x - remainder) / other
    if remainder != real(0) and (other < real(0)) != (remainder < real(0)):
        quotient -= real(1)
    if quotient == real(0):
        return math.copysign(real(0), x / other)
    below = math.floor(quotient)
    return below + real(1) if quotient - below > real(0.5) else below


# dy/dother = -x / other^2. Divided twice, as PyTorch does: other^2 overflows sooner.
#     dother = -dy * (x / other / other)
@kernel
def other_gradient_kernel(dy, x, other, terms):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        divisor = other[a, b, c, d]
        terms[a, b, c, d] = -dy[a, b, c, d] * (x[a, b, c, d] / divisor / divisor)


FORWARD = {None: forward_kernel, "trunc": trunc_kernel, "floor": floor_kernel}


def _forward_direct(rounding_mode: str | None, x: Array, other: Array, y: Array) -> None:
    launch_merged(FORWARD[rounding_mode], y, x, other)


# What is rounded is constant between its steps: its gradients are 0.
def _input_gradient_direct(rounding_mode: str | None, dy: Array, other: Array, dx: Array) -> None:
    if rounding_mode is None:
        sum_terms(dx, dy.shape, lambda terms: launch_merged(forward_kernel, terms, dy, other))
    else:
        dx[...] = 0


def _other_gradient_direct(
    rounding_mode: str | None, dy: Array, x: Array, other: Array, dother: Array
) -> None:
    def compute(terms: Array) -> None:
        launch_merged(other_gradient_kernel, terms, dy, x, other)

    if rounding_mode is None:
        sum_terms(dother, dy.shape, compute)
    else:
        dother[...] = 0


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
    "other_gradient": table(Algorithm("direct", _other_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    for rounding_mode in FORWARD:
        for arrays, _ in operands.examples(dtype):
            yield arrays, {"rounding_mode": rounding_mode}


DIV = Operator("div", ALGORITHMS, _examples)


def _with(plan: Plan, op: str, rounding_mode: str | None) -> Plan:
    if rounding_mode not in FORWARD:
        reject(op, "rounding_mode", rounding_mode, "None, 'trunc' or 'floor'")
    return plan._replace(problem=rounding_mode)


def _forward(op: str, input: Size, other: Size, rounding_mode: str | None) -> Plan:
    return _with(operands.forward(op, input, other), op, rounding_mode)


@DIV.direction(_forward)
def forward(
    input: Array,
    other: Array,
    rounding_mode: str | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.div` of two arrays of one floating dtype, of any shape and strides.

    With the rounding_mode "trunc" quotients are rounded towards 0, with "floor" down. `out`, when
    given, is written through its strides and may be one of the inputs. Raises ValueError or
    TypeError, before anything is launched, for what PyTorch rejects.
    """
    return DIV.run("forward", algorithm, out, input, other, rounding_mode)


def _input_gradient(
    op: str, grad_output: Size, other: Size, input: Size, rounding_mode: str | None
) -> Plan:
    plan = operands.gradient(op, "input_size", grad_output, other, input)
    return _with(plan, op, rounding_mode)


@DIV.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    other: Array,
    input_size: Sequence[int],
    rounding_mode: str | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    given = grad_output, other, input_size, rounding_mode
    return DIV.run("input_gradient", algorithm, out, *given)


def _other_gradient(
    op: str, grad_output: Size, input: Size, other: Size, rounding_mode: str | None
) -> Plan:
    quotient = operands.broadcast(op, input, other)
    plan = operands.gradient(op, "other.shape", grad_output, quotient, other)
    numbers = operands.numbers(grad_output=grad_output, input=input, other=other)
    return _with(plan._replace(mixed=numbers), op, rounding_mode)


@DIV.direction(_other_gradient)
def other_gradient(
    grad_output: Array,
    input: Array,
    other: Array,
    rounding_mode: str | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, in its shape."""
    return DIV.run("other_gradient", algorithm, out, grad_output, input, other, rounding_mode)
