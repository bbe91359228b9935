"""Sum of two arrays, with broadcasting: y = input + alpha * other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.views`. Constraints: none.

`vectorized` (see `kernels.vectorized`) takes arrays that are one row of memory without a broadcast:
no division of an index, 128 bits at a time.
"""

from collections.abc import Sequence

from crosscheck.kernels import vectorized
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction.to_size import expandable, to_size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import launch_merged


@device_function
def scaled_sum(x, other, alpha):
    return x + alpha * other


@kernel
def forward_kernel(x, other, y, alpha):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = scaled_sum(x[a, b, c, d], other[a, b, c, d], alpha)


# dy/dinput = 1 and dy/dother = alpha; an element that was broadcast is in many outputs, and its
# gradient is the sum of theirs, which `kernels.reduction.to_size` takes afterwards:
#     dinput = factor * dy
@device_function
def scaled(dy, factor):
    return factor * dy


@kernel
def scale_kernel(dy, dx, factor):
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        dx[a, b, c, d] = scaled(dy[a, b, c, d], real(factor))


def _forward_direct(alpha: float, x: Array, other: Array, y: Array) -> None:
    launch_merged(forward_kernel, y, x, other, options=(alpha,))


def _gradient_direct(factor: float, dy: Array, dx: Array) -> None:
    if dx.shape == dy.shape:
        scale(factor, dy, dx)
    elif factor == 1:
        to_size(dy, dx.shape, out=dx)
    else:  # scaled before the sum, as PyTorch: 0 times a sum that overflowed would be NaN
        scaled = workspace(dy.shape, dy)
        scale(factor, dy, scaled)
        to_size(scaled, dx.shape, out=dx)


def scale(factor: float, dy: Array, dx: Array) -> None:
    """Write factor * dy to dx, of the same shape and any strides."""
    launch_merged(scale_kernel, dx, dy, options=(factor,))


def _forward_rows(alpha: float, x: Array, other: Array, y: Array) -> bool:
    return vectorized.compute(scaled_sum, "add", y, x, other, numbers=(alpha,))


def scale_rows(factor: float, dy: Array, dx: Array) -> bool:
    """Do what `scale` does, where both are one row of memory; return whether they are."""
    return vectorized.compute(scaled, "scale", dx, dy, numbers=(factor,))


ALGORITHMS = {
    "forward": vectorized.table(_forward_rows, _forward_direct),
    "input_gradient": vectorized.table(scale_rows, _gradient_direct),
    "other_gradient": vectorized.table(scale_rows, _gradient_direct),
}
ADD = Operator("add", ALGORITHMS, operands.examples)


def _forward(op: str, input: Size, other: Size, alpha: float) -> Plan:
    size = operands.broadcast(op, input, other)
    mixed = operands.numbers(input=input, other=other)
    return Plan(float(alpha), [operands.output(size, input=input, other=other)], mixed=mixed)


@ADD.direction(_forward)
def forward(
    input: Array,
    other: Array,
    alpha: float = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.add` of arrays of one floating dtype, any shapes and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return ADD.run("forward", algorithm, out, input, other, alpha)


def _input_gradient(op: str, grad_output: Size, input: Size) -> Plan:
    size = expandable(op, "input_size", input, grad_output)
    return Plan(1.0, [operands.output(size, grad_output=grad_output)])


@ADD.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return ADD.run("input_gradient", algorithm, out, grad_output, input_size)


def _other_gradient(op: str, grad_output: Size, other: Size, alpha: float) -> Plan:
    size = expandable(op, "other_size", other, grad_output)
    return Plan(float(alpha), [operands.output(size, grad_output=grad_output)])


@ADD.direction(_other_gradient)
def other_gradient(
    grad_output: Array,
    other_size: Sequence[int],
    alpha: float = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, of shape `other_size`."""
    return ADD.run("other_gradient", algorithm, out, grad_output, other_size, alpha)
