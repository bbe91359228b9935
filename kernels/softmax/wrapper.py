"""What softmax and log_softmax share on the host: check, allocate, choose, launch.

The dimensions before and after `dim` fold into one each, without a copy where the strides allow it.
A result without elements launches nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.folding import FoldedOutput, around, folded

LONG = 64  # a shorter row keeps less than half of a block busy: then a thread takes a row

Table = Mapping[str, Mapping[str, Algorithm]]


def forward(
    op: str, table: Table, input: Array, dim: int, algorithm: str | None, out: Array | None
) -> Array:
    """Run the forward direction of `op`."""
    axis = _checked(op, "input", input, dim)
    shape = around(input.shape, axis)
    run = _choose(op, "forward", table, shape, input, algorithm)
    out = arguments.output(op, out, input.shape, input.dtype, input)
    if out.size:
        y = FoldedOutput(out, shape)
        run(folded(input, shape), y.array)
        y.finish()
    return out


def input_gradient(
    op: str,
    table: Table,
    grad_output: Array,
    output: Array,
    dim: int,
    algorithm: str | None,
    out: Array | None,
) -> Array:
    """Run the gradient of `op` from what the forward direction returned."""
    op = f"{op} input_gradient"
    axis = _checked(op, "grad_output", grad_output, dim)
    arguments.matching(op, "output", output, grad_output.shape, grad_output=grad_output)
    shape = around(output.shape, axis)
    run = _choose(op, "input_gradient", table, shape, output, algorithm)
    out = arguments.output(op, out, output.shape, output.dtype, output)
    if out.size:
        dx = FoldedOutput(out, shape)
        run(folded(grad_output, shape), folded(output, shape), dx.array)
        dx.finish()
    return out


def _checked(op: str, name: str, value: Any, dim: Any) -> int:
    """Return `dim` counted from the front. Raises TypeError or ValueError."""
    arguments.any_rank(op, name, value)
    return axis_of(op, dim, value.ndim)


def axis_of(op: str, dim: Any, rank: int) -> int:
    """Return `dim` of an array of `rank` dimensions from the front. Raises as `_checked`."""
    rank = max(rank, 1)  # PyTorch lets an array without dimensions have one
    axis = arguments.integer(op, "dim", dim)
    if not -rank <= axis < rank:
        arguments.reject(op, "dim", dim, f"an integer from {-rank} to {rank - 1}")
    return axis % rank


def _choose(
    op: str,
    direction: str,
    table: Table,
    shape: tuple[int, int, int],
    like: Array,
    name: str | None,
) -> Callable[..., None]:
    """Return the launcher of the named algorithm, or of the better one for None.

    Direct wins on the CPU, where each barrier switches between fibers, and for short rows.
    """
    if name is None and (arrays.device(like) == "cpu" or shape[1] < LONG):
        name = "direct"
    return algorithms.choose(op, direction, table[direction], shape, name).run
