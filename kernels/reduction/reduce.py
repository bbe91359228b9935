"""What sums share: the algorithms, the choice between them, what a call of sum or mean asks for."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import prod

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array, device
from crosscheck.kernels.block_reduce import grid
from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.operator import Example
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction.axes import Dim, axes, output_size, rows
from crosscheck.kernels.reduction.kernels import THREADS, build, element, quotient, spread_kernel
from crosscheck.kernels.views import launch_merged

FEW = 16  # outputs: for so few the CPU, too, takes the tree


@dataclass(frozen=True)
class Problem:
    """`outputs` sums of `count` terms each, over `axes` of an array; `numbers` are what term and
    finish take: of sum and mean the divisor.
    """

    axes: tuple[int, ...]
    outputs: int
    count: int
    numbers: tuple[float, ...]


def problem(input: Size, axes: tuple[int, ...], mean: bool = False) -> Problem:
    """Return the problem of an array of this size; a mean of nothing is 0 / 0, as in PyTorch."""
    outputs = prod(output_size(input, axes, keepdim=False))
    count = prod(input[axis] for axis in axes)
    return Problem(axes, outputs, count, (float(count) if mean else 1.0,))


def sums(term: DeviceFunction, finish: DeviceFunction) -> dict[str, Algorithm]:
    """Return the ways to add terms and finish each sum: see `kernels.reduction.kernels`."""

    def direct(problem: Problem, x: Array, y: Array) -> None:
        views, (kernel, _) = rows(x, y, problem.axes), build(term, finish)
        kernel.forall(problem.outputs)(*views.inputs, views.out, problem.numbers)
        views.finish()

    def tree(problem: Problem, x: Array, y: Array) -> None:
        views, (_, kernel) = rows(x, y, problem.axes), build(term, finish)
        kernel[grid(problem.outputs), THREADS](*views.inputs, views.out, problem.numbers)
        views.finish()

    return table(Algorithm("direct", direct, prefers=prefers_direct), Algorithm("tree", tree))


def add_up(x: Array, axes: tuple[int, ...], y: Array, mean: bool = False) -> None:
    """Write x's sums, or means, over some axes to y, which has all axes or the others, by the usual
    choice.

    For kernels' own arrays, which are not checked: y may be of 16 bits and x a workspace.
    """
    this = problem(x.shape, axes, mean)
    if this.outputs:
        name = "direct" if prefers_direct(this, device(x)) else "tree"
        ALGORITHMS["forward"][name].run(this, x, y)


def spread(problem: Problem, dy: Array, dx: Array) -> None:
    launch_merged(spread_kernel, dx, dy, options=problem.numbers)


def prefers_direct(problem: Problem, device: str) -> bool:
    """The tree pays where a block has enough to do; on the CPU its barriers cost a switch of 256
    fibers each, so there only few outputs take it, for its smaller rounding error.
    """
    return problem.count < 4 * THREADS or (device == "cpu" and problem.outputs > FEW)


ALGORITHMS = {
    "forward": sums(element, quotient),
    "input_gradient": table(Algorithm("direct", spread)),
}


def forward(op: str, input: Size, dim: Dim, keepdim: bool, mean: bool) -> Plan:
    """Return the plan of a sum or a mean."""
    reduced = axes(op, dim, len(input))
    return Plan(problem(input, reduced, mean), [Output(output_size(input, reduced, bool(keepdim)))])


def input_gradient(
    op: str, grad_output: Size, input: Size, dim: Dim, keepdim: bool, mean: bool
) -> Plan:
    """Return the plan of the gradient of a sum or a mean."""
    reduced = axes(op, dim, len(input))
    return Plan(
        problem(input, reduced, mean),
        [Output(input)],
        sizes={"grad_output": output_size(input, reduced, bool(keepdim))},
        views={"grad_output": output_size(input, reduced, True)},
    )


def examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((64, 128), dtype)}, {"dim": 1}
