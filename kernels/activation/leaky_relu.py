"""Leaky ReLU: y = x where x > 0, else x * negative_slope.

Threads: one per element. Layout: any dense memory order, walked as one row; see
`kernels.views` for the other strides. Constraints: none.
A NaN is not above 0: it is multiplied and stays NaN, as in PyTorch.

`vectorized` (see `kernels.vectorized`) moves 128 bits at a time.
"""

from collections.abc import Iterator
from numbers import Real

import numpy as np

from crosscheck.kernels import vectorized
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.views import Views


@device_function
def leaked(x, negative_slope):
    return x if x > real(0) else x * negative_slope


@kernel
def forward_kernel(x, y, negative_slope):
    i = index(cuda.grid(1))
    if i < index(y.size):
        y[i] = leaked(x[i], negative_slope)


# dy/dx is 1 where x > 0 and negative_slope elsewhere, so
#     dx = dy where x > 0, else dy * negative_slope
@device_function
def passed(dy, x, negative_slope):
    return dy if x > real(0) else dy * negative_slope


@kernel
def input_gradient_kernel(dy, x, dx, negative_slope):
    i = index(cuda.grid(1))
    if i < index(dx.size):
        dx[i] = passed(dy[i], x[i], negative_slope)


def _forward_direct(negative_slope: float, x: Array, y: Array) -> None:
    views = Views.merged(y, x, rank=1)
    forward_kernel.forall(y.size)(*views.inputs, views.out, negative_slope)
    views.finish()


def _input_gradient_direct(negative_slope: float, dy: Array, x: Array, dx: Array) -> None:
    views = Views.merged(dx, dy, x, rank=1)
    input_gradient_kernel.forall(dx.size)(*views.inputs, views.out, negative_slope)
    views.finish()


def _forward_rows(negative_slope: float, x: Array, y: Array) -> bool:
    return vectorized.compute(leaked, "leaky_relu", y, x, number=negative_slope)


def _input_gradient_rows(negative_slope: float, dy: Array, x: Array, dx: Array) -> bool:
    name = "leaky_relu_gradient"
    return vectorized.compute(passed, name, dx, dy, x, number=negative_slope)


ALGORITHMS = {
    "forward": vectorized.table(_forward_rows, _forward_direct),
    "input_gradient": vectorized.table(_input_gradient_rows, _input_gradient_direct),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros(4096, dtype)}, {}


LEAKY_RELU = Operator("leaky_relu", ALGORITHMS, _examples)


def slope(op: str, negative_slope: float) -> float:
    """Return negative_slope as a float. Raises TypeError for what is no number."""
    if not isinstance(negative_slope, Real):
        reject(op, "negative_slope", negative_slope, "a number", TypeError)
    return float(negative_slope)


def _forward(op: str, input: Size, negative_slope: float) -> Plan:
    return Plan(slope(op, negative_slope), [Output(input, like="input")])


@LEAKY_RELU.direction(_forward)
def forward(
    input: Array,
    negative_slope: float = 0.01,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.nn.functional.leaky_relu` of a float32 or float64 array of any shape.

    The output has the input's dtype and shape and, like PyTorch's, its memory order. `out`, when
    given, is written through its strides and may be the input itself.
    Raises ValueError or TypeError before anything is launched.
    """
    return LEAKY_RELU.run("forward", algorithm, out, input, negative_slope)


def _input_gradient(op: str, grad_output: Size, input: Size, negative_slope: float) -> Plan:
    output = Output(grad_output, like="grad_output")
    return Plan(slope(op, negative_slope), [output], sizes={"input": grad_output})


@LEAKY_RELU.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    negative_slope: float = 0.01,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input.

    `input` may be the output where negative_slope is at least 0: it has the same signs.
    Raises like `forward`.
    """
    return LEAKY_RELU.run("input_gradient", algorithm, out, grad_output, input, negative_slope)
