"""Power of two arrays, with broadcasting: y = input^exponent. `pow_` has one number for all.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: none.
"""

import math

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction.to_size import sum_terms
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged


@kernel
def forward_kernel(x, exponent, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = math.pow(x[a, b, c, d], exponent[a, b, c, d])


# dy/dinput = exponent * input^(exponent - 1); 0 for an exponent of 0, whatever the input is.
# `kernels.reduction.to_size` then sums over the outputs that a broadcast element is in.
@kernel
def input_gradient_kernel(dy, x, exponent, terms):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        e = exponent[a, b, c, d]
        factor = e * math.pow(x[a, b, c, d], e - real(1))
        terms[a, b, c, d] = real(0) if e == real(0) else dy[a, b, c, d] * factor


# dy/dexponent = input^exponent * log(input). At an input of 0 the power wins, 0 * -infinity = 0,
# but for an exponent below 0, where there is none.
@kernel
def exponent_gradient_kernel(dy, x, exponent, terms):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        e, base = exponent[a, b, c, d], x[a, b, c, d]
        factor = real(0)
        if base != real(0) or not e >= real(0):
            factor = math.pow(base, e) * math.log(base)
        terms[a, b, c, d] = dy[a, b, c, d] * factor


def _forward_direct(size: Size, x: Array, exponent: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, x, exponent)


def _input_gradient_direct(size: Size, dy: Array, x: Array, exponent: Array, dx: Array) -> None:
    sum_terms(
        dx, dy.shape, lambda terms: launch_merged(input_gradient_kernel, terms, dy, x, exponent)
    )


def _exponent_gradient_direct(size: Size, dy: Array, x: Array, exponent: Array, de: Array) -> None:
    sum_terms(
        de, dy.shape, lambda terms: launch_merged(exponent_gradient_kernel, terms, dy, x, exponent)
    )


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
    "exponent_gradient": table(Algorithm("direct", _exponent_gradient_direct)),
}
POW_TENSOR = Operator("pow_tensor", ALGORITHMS, lambda dtype: operands.examples(dtype, "exponent"))


def _forward(op: str, input: Size, exponent: Size) -> Plan:
    size = operands.broadcast(op, input, exponent, "exponent")
    mixed = operands.numbers(input=input, exponent=exponent)
    return Plan(size, [operands.output(size, input=input, exponent=exponent)], mixed=mixed)


@POW_TENSOR.direction(_forward)
def forward(
    input: Array, exponent: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.pow` of arrays of one floating dtype, any shapes and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return POW_TENSOR.run("forward", algorithm, out, input, exponent)


def _gradient(op: str, name: str, grad_output: Size, input: Size, exponent: Size) -> Plan:
    """Return the plan of the gradient for the argument `name`."""
    given = {"input": input, "exponent": exponent}
    size = operands.broadcast(op, input, exponent, "exponent")
    plan = operands.gradient(op, f"{name}.shape", grad_output, size, given[name])
    return plan._replace(mixed=operands.numbers(grad_output=grad_output, **given))


def _input_gradient(op: str, grad_output: Size, input: Size, exponent: Size) -> Plan:
    return _gradient(op, "input", grad_output, input, exponent)


@POW_TENSOR.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    exponent: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, in its shape."""
    return POW_TENSOR.run("input_gradient", algorithm, out, grad_output, input, exponent)


def _exponent_gradient(op: str, grad_output: Size, input: Size, exponent: Size) -> Plan:
    return _gradient(op, "exponent", grad_output, input, exponent)


@POW_TENSOR.direction(_exponent_gradient)
def exponent_gradient(
    grad_output: Array,
    input: Array,
    exponent: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the exponent, in its shape."""
    return POW_TENSOR.run("exponent_gradient", algorithm, out, grad_output, input, exponent)
