"""Sum of two arrays, with broadcasting: y = input + alpha * other.

Threads: one per output; the last axis of the output's memory order runs fastest. Layout: any
strides, as four axes; see `kernels.merged_axes`. Constraints: none.
"""

from collections.abc import Sequence

from crosscheck.kernels import arguments
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.elementwise import operands
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.merged_axes import MergedAxes
from crosscheck.kernels.reduction.to_size import expandable, to_size
from crosscheck.kernels.unravel import extents, unravel

OP = "add"


@kernel
def forward_kernel(x, other, y, alpha):
    A, B, C, D = extents(y)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        y[a, b, c, d] = x[a, b, c, d] + alpha * other[a, b, c, d]


# dy/dinput = 1 and dy/dother = alpha; an element that was broadcast is in many outputs, and its
# gradient is the sum of theirs, which `kernels.reduction.to_size` takes afterwards:
#     dinput = factor * dy
@kernel
def scale_kernel(dy, dx, factor):
    A, B, C, D = extents(dx)
    a, b, c, d = unravel(index(cuda.grid(1)), B, C, D)
    if a < A:
        dx[a, b, c, d] = real(factor) * dy[a, b, c, d]


def _forward_direct(x: Array, other: Array, alpha: float, y: Array) -> None:
    merged = MergedAxes(y, x, other)
    forward_kernel.forall(y.size)(*merged.inputs, merged.out, alpha)
    merged.finish()


def _scale_direct(dy: Array, factor: float, dx: Array) -> None:
    merged = MergedAxes(dx, dy)
    scale_kernel.forall(dx.size)(*merged.inputs, merged.out, factor)
    merged.finish()


ALGORITHMS = {
    "forward": {"direct": Algorithm("direct", _forward_direct)},
    "input_gradient": {"direct": Algorithm("direct", _scale_direct)},
    "other_gradient": {"direct": Algorithm("direct", _scale_direct)},
}


def forward(
    input: Array,
    other: Array,
    alpha: float = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.add` of two float32 or two float64 arrays of any shape and strides.

    `out`, when given, is written through its strides and may be one of the inputs. Raises
    ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    size = operands.broadcast(OP, input, other)
    chosen = choose(OP, "forward", ALGORITHMS["forward"], size, algorithm)
    out = operands.result(OP, out, size, input, other)
    chosen.run(input, other, float(alpha), out)
    return out


def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`."""
    return _gradient("input_gradient", "input_size", grad_output, input_size, 1, algorithm, out)


def other_gradient(
    grad_output: Array,
    other_size: Sequence[int],
    alpha: float = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to `other`, of shape `other_size`."""
    return _gradient("other_gradient", "other_size", grad_output, other_size, alpha, algorithm, out)


def _gradient(direction, name, grad_output, size, factor, algorithm, out) -> Array:
    arguments.any_rank(OP, "grad_output", grad_output)
    size = expandable(OP, name, size, grad_output)
    chosen = choose(OP, direction, ALGORITHMS[direction], size, algorithm)
    if size == grad_output.shape:
        out = operands.result(OP, out, size, grad_output)
        chosen.run(grad_output, float(factor), out)
        return out
    out = arguments.output(OP, out, size, grad_output.dtype, grad_output)
    if factor != 1:  # before the sum, as PyTorch: 0 times a sum that overflowed would be NaN
        scaled = operands.result(OP, None, grad_output.shape, grad_output)
        chosen.run(grad_output, float(factor), scaled)
        grad_output = scaled
    return to_size(grad_output, size, out=out)
