"""cross_entropy on arrays: check the arguments, allocate, choose an algorithm, launch.

A row of logits is one launch's work; what 'sum' and 'mean' make of the rows' losses is one more
block's (kernels.loss.reduction).
"""

from collections.abc import Callable

import numpy as np

from crosscheck.kernels import algorithm as algorithms
from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.algorithm import Algorithm
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.folding import FoldedOutput, folded
from crosscheck.kernels.loss.cross_entropy import direct, problem, tree
from crosscheck.kernels.loss.cross_entropy.operands import divisor, operands
from crosscheck.kernels.loss.cross_entropy.problem import Problem
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.softmax.wrapper import LONG


def _forward(module) -> Callable[..., None]:
    """Return the forward launcher of an algorithm's module."""

    def run(this: Problem, x: Array, target: Array, w: Array, loss: Array) -> None:
        if this.has_probabilities:
            module.probabilities(x, target, w, this.keep, this.share, loss)
        else:
            ignore = np.int64(this.ignore_index)
            module.classes(x, target, w, ignore, this.keep, this.share, loss)

    return run


def _input_gradient(module) -> Callable[..., None]:
    """Return the gradient launcher of an algorithm's module."""

    def run(this: Problem, dy: Array, x: Array, target: Array, w: Array, dx: Array) -> None:
        each = this.reduction == "none"
        rest = this.keep, this.share, *divisor(this, target, w), each, dx
        if this.has_probabilities:
            module.probabilities_gradient(dy, x, target, w, *rest)
        else:
            module.classes_gradient(dy, x, target, w, np.int64(this.ignore_index), *rest)

    return run


def _target_gradient(module) -> Callable[..., None]:
    """Return the launcher of the gradient for probabilities of an algorithm's module."""

    def run(this: Problem, dy: Array, x: Array, target: Array, w: Array, dq: Array) -> None:
        by, each = divisor(this, target, w)[1], this.reduction == "none"
        module.target_gradient(dy, x, w, this.keep, by, each, dq)

    return run


ALGORITHMS: dict[str, dict[str, Algorithm]] = {
    "forward": {
        "tree": Algorithm("tree", _forward(tree)),
        "direct": Algorithm("direct", _forward(direct)),
    },
    "input_gradient": {
        "tree": Algorithm("tree", _input_gradient(tree)),
        "direct": Algorithm("direct", _input_gradient(direct)),
    },
    "target_gradient": {
        "tree": Algorithm("tree", _target_gradient(tree)),
        "direct": Algorithm("direct", _target_gradient(direct)),
    },
}


def forward(
    input: Array,
    target: Array,
    weight: Array | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return torch.nn.functional.cross_entropy of logits (n, c, ...) or (c).

    target holds int64 (or uint8) classes (n, ...), or probabilities of the input's shape and dtype.
    The result is (n, ...) for reduction 'none', else ().

    Raises TypeError or ValueError before anything is launched. A target that is no class is refused
    on the CPU; on a GPU, where looking would wait for the device, its loss and gradient are NaN.
    """
    op = "cross_entropy"
    this = problem.create(op, input, target, weight, ignore_index, reduction, label_smoothing)
    run = _choose(op, "forward", this, input, algorithm)
    out = arguments.output(op, out, this.output_shape, input.dtype, input)
    if out.size:
        x, labels, w = operands(this, input, target, weight)
        rows = (this.rows, this.positions)
        if this.reduction == "none":
            loss = FoldedOutput(out, rows)
            run(this, x, labels, w, loss.array)
            loss.finish()
        else:
            losses = arrays.empty(rows, input.dtype, input)
            if losses.size:
                run(this, x, labels, w, losses)
            sum_into(losses.reshape(-1), *divisor(this, labels, w), out.reshape(1))
    return out


def input_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    weight: Array | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input; grad_output has its result's shape.

    Raises as `forward`.
    """
    how = weight, ignore_index, reduction, label_smoothing
    return _gradient("input_gradient", grad_output, input, target, how, algorithm, out)


def target_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    weight: Array | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for a target of probabilities.

    Raises as `forward`, and ValueError for a target of classes, which has none.
    """
    how = weight, ignore_index, reduction, label_smoothing
    return _gradient("target_gradient", grad_output, input, target, how, algorithm, out)


def _gradient(
    direction: str,
    grad_output: Array,
    input: Array,
    target: Array,
    how: tuple,
    algorithm: str | None,
    out: Array | None,
) -> Array:
    op = f"cross_entropy {direction}"
    this = problem.create(op, input, target, *how)
    if direction == "target_gradient" and not this.has_probabilities:
        expected = f"{tuple(input.shape)}, the input's: classes have no gradient"
        reject(op, "target.shape", tuple(target.shape), expected)
    arguments.matching(op, "grad_output", grad_output, this.output_shape, input=input)
    run = _choose(op, direction, this, input, algorithm)
    out = arguments.output(op, out, input.shape, input.dtype, input)
    if out.size:
        x, labels, w = operands(this, input, target, how[0])
        rows = (this.rows, this.positions) if this.reduction == "none" else (1, 1)
        gradient = FoldedOutput(out, this.shape)
        run(this, folded(grad_output, rows), x, labels, w, gradient.array)
        gradient.finish()
    return out


def _choose(
    op: str, direction: str, this: Problem, like: Array, name: str | None
) -> Callable[..., None]:
    """Return the launcher of the named algorithm, or of the better one for None.

    Direct wins on the CPU, where each barrier switches between fibers, and for few classes.
    """
    if name is None and (arrays.device(like) == "cpu" or this.classes < LONG):
        name = "direct"
    return algorithms.choose(op, direction, ALGORITHMS[direction], this, name).run
