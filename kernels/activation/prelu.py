"""PReLU: y = x where x > 0, else weight * x, with one weight for all channels or one for each.

Threads: one per element; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; the weight is broadcast along all but the channels: see `kernels.views`.
Constraints: none.
A NaN is not above 0: it is multiplied and stays NaN, as in PyTorch.
"""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction.to_size import to_size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import Views, launch_merged


@kernel
def forward_kernel(x, weight, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        here = x[a, b, c, d]
        y[a, b, c, d] = here if here > real(0) else weight[a, b, c, d] * here


# dy/dx is 1 where x > 0 and the weight elsewhere
@kernel
def input_gradient_kernel(dy, x, weight, dx):
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        slope = real(1) if x[a, b, c, d] > real(0) else weight[a, b, c, d]
        dx[a, b, c, d] = slope * dy[a, b, c, d]


# dy/dweight is 0 where x > 0 and x elsewhere; a weight is in many outputs, and its gradient is the
# sum of theirs, which `kernels.reduction.to_size` takes of these terms:
@kernel
def weight_terms_kernel(dy, x, terms):
    A, B, C, D = extents(terms)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        here = x[a, b, c, d]
        terms[a, b, c, d] = real(0) if here > real(0) else here * dy[a, b, c, d]


def _forward_direct(wide: Size, x: Array, weight: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, x, weight.reshape(wide))


def _input_gradient_direct(wide: Size, dy: Array, x: Array, weight: Array, dx: Array) -> None:
    launch_merged(input_gradient_kernel, dx, dy, x, weight.reshape(wide))


def _weight_gradient_direct(wide: Size, dy: Array, x: Array, dweight: Array) -> None:
    terms = workspace(dy.shape, dy)
    launch_merged(weight_terms_kernel, terms, dy, x)
    views = Views.folded(dweight, tuple(wide))
    to_size(terms, wide, out=views.out)
    views.finish()


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
    "weight_gradient": table(Algorithm("direct", _weight_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((2, 8, 16, 16), dtype), "weight": np.zeros(8, dtype)}, {}


PRELU = Operator("prelu", ALGORITHMS, _examples)


def _wide(op: str, input: Size, weight: Size, name: str) -> tuple[int, ...]:
    """Return the weight's size with a dimension for each of the input's. Raises ValueError."""
    channels = input[1] if len(input) > 1 else 1
    if len(weight) > 1 or prod(weight) not in (1, channels):
        expected = f"(1,) or ({channels},), the channels of input"
        reject(op, name, tuple(weight), expected)
    if prod(weight) == 1:
        return (1,) * len(input)
    return tuple(channels if axis == 1 else 1 for axis in range(len(input)))


def _forward(op: str, input: Size, weight: Size) -> Plan:
    return Plan(_wide(op, input, weight, "weight.shape"), [Output(input, like="input")])


@PRELU.direction(_forward)
def forward(
    input: Array, weight: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.nn.functional.prelu` of arrays of a floating dtype.

    weight: (), (1,) or (c,), for an input (n, c, ...) of any strides. The output keeps the input's
    memory order. Raises ValueError or TypeError before anything is launched.
    """
    return PRELU.run("forward", algorithm, out, input, weight)


def _input_gradient(op: str, grad_output: Size, input: Size, weight: Size) -> Plan:
    wide = _wide(op, grad_output, weight, "weight.shape")
    return Plan(wide, [Output(grad_output, like="grad_output")], sizes={"input": grad_output})


@PRELU.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    weight: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input. Raises like `forward`."""
    return PRELU.run("input_gradient", algorithm, out, grad_output, input, weight)


def _weight_gradient(op: str, grad_output: Size, input: Size, weight_size: Size) -> Plan:
    wide = _wide(op, grad_output, weight_size, "weight_size")
    return Plan(wide, [Output(weight_size)], sizes={"input": grad_output})


@PRELU.direction(_weight_gradient)
def weight_gradient(
    grad_output: Array,
    input: Array,
    weight_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, of shape `weight_size`; raises likewise."""
    return PRELU.run("weight_gradient", algorithm, out, grad_output, input, weight_size)
