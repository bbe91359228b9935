"""The algorithms that sum and mean share, and the choice between them."""

import math
from collections.abc import Sequence

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arguments import integer
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.merged_axes import MergedAxes
from crosscheck.kernels.reduction.axes import Dim, Reduction, axes, output_size
from crosscheck.kernels.reduction.kernels import THREADS, direct_kernel, spread_kernel, tree_kernel


def _direct(this: Reduction, divisor: float) -> None:
    direct_kernel.forall(this.out.size)(this.input, this.out, divisor)


def _tree(this: Reduction, divisor: float) -> None:
    tree_kernel[this.out.size, THREADS](this.input, this.out, divisor)


def _spread(dy: Array, dx: Array, divisor: float) -> None:
    merged = MergedAxes(dx, dy)
    spread_kernel.forall(dx.size)(*merged.inputs, merged.out, divisor)
    merged.finish()


ALGORITHMS = {
    "forward": {"direct": Algorithm("direct", _direct), "tree": Algorithm("tree", _tree)},
    "input_gradient": {"direct": Algorithm("direct", _spread)},
}


def reduce(
    op: str,
    input: Array,
    dim: Dim,
    keepdim: bool,
    algorithm: str | None,
    out: Array | None,
    *,
    mean: bool,
) -> Array:
    """Check and launch a sum or a mean."""
    arguments.any_rank(op, "input", input)
    reduced = axes(op, dim, input.ndim)
    count = math.prod(input.shape[axis] for axis in reduced)
    size = output_size(input.shape, reduced, bool(keepdim))
    if algorithm is None:
        algorithm = _better(arrays.device(input), math.prod(size), count)
    chosen = algorithms.choose(op, "forward", ALGORITHMS["forward"], size, algorithm)
    out = arguments.output(op, out, size, input.dtype, input)
    if mean and count == 0:
        out[...] = math.nan  # 0 / 0, as in PyTorch
    elif out.size:
        this = Reduction(input, out, reduced)
        chosen.run(this, float(count) if mean else 1.0)
        this.finish()
    return out


def _better(device: str, outputs: int, count: int) -> str:
    """The tree pays where a block has enough to do; on the CPU its barriers cost a switch of 256
    fibers each, so there only few outputs take it, for its smaller rounding error.
    """
    return "direct" if count < 4 * THREADS or (device == "cpu" and outputs > 16) else "tree"


def spread(
    op: str,
    grad_output: Array,
    input_size: Sequence[int],
    dim: Dim,
    keepdim: bool,
    algorithm: str | None,
    out: Array | None,
    *,
    mean: bool,
) -> Array:
    """Check and launch the gradient of a sum or a mean."""
    arguments.any_rank(op, "grad_output", grad_output)
    input_size = tuple(integer(op, "input_size", extent, 0) for extent in input_size)
    reduced = axes(op, dim, len(input_size))
    expected = output_size(input_size, reduced, bool(keepdim))
    arguments.shape(op, "grad_output", grad_output, expected)
    table = ALGORITHMS["input_gradient"]
    chosen = algorithms.choose(op, "input_gradient", table, input_size, algorithm)
    out = arguments.output(op, out, input_size, grad_output.dtype, grad_output)
    if out.size:
        count = math.prod(input_size[axis] for axis in reduced)
        led = grad_output.reshape(output_size(input_size, reduced, True))
        chosen.run(led, out, float(count) if mean else 1.0)
    return out
