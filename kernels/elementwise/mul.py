"""Product of two arrays, with broadcasting: y = input * other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.merged_axes`. Constraints: none.
"""

from collections.abc import Sequence

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, index, kernel
from crosscheck.kernels.merged_axes import MergedAxes
from crosscheck.kernels.reduction.to_size import expandable, to_size
from crosscheck.kernels.unravel import extents, unravel

OP = "mul"


# The gradients are products too: dy/dinput = other, so dinput = dy * other, and the other way
# round; `kernels.reduction.to_size` then sums over the outputs that a broadcast element is in.
@kernel
def forward_kernel(x, other, y):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = x[a, b, c, d] * other[a, b, c, d]


def _direct(x: Array, other: Array, y: Array) -> None:
    merged = MergedAxes(y, x, other)
    forward_kernel.forall(y.size)(*merged.inputs, merged.out)
    merged.finish()


ALGORITHMS = {
    direction: {"direct": Algorithm("direct", _direct)}
    for direction in ("forward", "input_gradient", "other_gradient")
}


def forward(
    input: Array, other: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.mul` of two float32 or two float64 arrays of any shape and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    size = operands.broadcast(OP, input, other)
    chosen = choose(OP, "forward", ALGORITHMS["forward"], size, algorithm)
    out = operands.result(OP, out, size, input, other)
    chosen.run(input, other, out)
    return out


def input_gradient(
    grad_output: Array,
    other: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return _gradient("input_gradient", "input_size", grad_output, other, input_size, algorithm, out)


def other_gradient(
    grad_output: Array,
    input: Array,
    other_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, of shape `other_size`."""
    return _gradient("other_gradient", "other_size", grad_output, input, other_size, algorithm, out)


def _gradient(direction, name, grad_output, factor, size, algorithm, out) -> Array:
    if operands.broadcast(OP, grad_output, factor) != grad_output.shape:
        reject(OP, "grad_output.shape", grad_output.shape, f"a shape {factor.shape} broadcasts to")
    size = expandable(OP, name, size, grad_output)
    chosen = choose(OP, direction, ALGORITHMS[direction], size, algorithm)
    if size == grad_output.shape:
        out = operands.result(OP, out, size, grad_output)
        chosen.run(grad_output, factor, out)
        return out
    out = arguments.output(OP, out, size, grad_output.dtype, grad_output)
    product = operands.result(OP, None, grad_output.shape, grad_output)
    chosen.run(grad_output, factor, product)
    return to_size(product, size, out=out)
