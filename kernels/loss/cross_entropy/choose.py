"""cross_entropy on arrays: check the arguments, allocate, choose an algorithm, launch.

A row of logits is one launch's work; what 'sum' and 'mean' make of the rows' losses is one more
block's (kernels.loss.reduction). A mean over classes is divided by the sum of the targets' weights,
a mean over probabilities by the number of rows.
"""

from collections.abc import Callable
from math import prod

import numpy as np

from kernels import algorithm as algorithms
from kernels import arguments, arrays
from kernels.algorithm import Algorithm
from kernels.arrays import Array
from kernels.folding import FoldedOutput, folded
from kernels.loss.cross_entropy import direct, problem, tree
from kernels.loss.cross_entropy.classes import target_weights
from kernels.loss.cross_entropy.problem import Problem
from kernels.loss.reduction import sum_into
from kernels.softmax.wrapper import LONG


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
        by, divisor = _divisor(this, target, w)
        each = this.reduction == "none"
        rest = this.keep, this.share, by, divisor, each, dx
        if this.has_probabilities:
            module.probabilities_gradient(dy, x, target, w, *rest)
        else:
            module.classes_gradient(dy, x, target, w, np.int64(this.ignore_index), *rest)

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
        x, labels, w = _operands(this, input, target, weight)
        rows = (this.rows, this.positions)
        if this.reduction == "none":
            loss = FoldedOutput(out, rows)
            run(this, x, labels, w, loss.array)
            loss.finish()
        else:
            losses = arrays.empty(rows, input.dtype, input)
            if losses.size:
                run(this, x, labels, w, losses)
            sum_into(losses.reshape(-1), *_divisor(this, labels, w), out.reshape(1))
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
    op = "cross_entropy input_gradient"
    this = problem.create(op, input, target, weight, ignore_index, reduction, label_smoothing)
    arguments.array(op, "grad_output", grad_output, (len(this.output_shape),))
    arguments.alike(op, input=input, grad_output=grad_output)
    arguments.shape(op, "grad_output", grad_output, this.output_shape)
    run = _choose(op, "input_gradient", this, input, algorithm)
    out = arguments.output(op, out, input.shape, input.dtype, input)
    if out.size:
        x, labels, w = _operands(this, input, target, weight)
        rows = (this.rows, this.positions) if this.reduction == "none" else (1, 1)
        dx = FoldedOutput(out, this.shape)
        run(this, folded(grad_output, rows), x, labels, w, dx.array)
        dx.finish()
    return out


def _operands(
    this: Problem, input: Array, target: Array, weight: Array | None
) -> tuple[Array, Array, Array]:
    """Return the input, the target and the weight as the kernels walk them."""
    if this.has_probabilities:
        target = folded(target, this.shape)
    else:
        target = folded(target, (this.rows, this.positions)).astype(np.int64, copy=False)
    if weight is None:
        weight = arrays.empty((0,), input.dtype, input)  # kernels take no None
    return folded(input, this.shape), target, weight


def _divisor(this: Problem, target: Array, w: Array) -> tuple[Array, float]:
    """Return what the sum of the losses is divided by: an array (1), or (0) and a number."""
    none = arrays.empty((0,), w.dtype, w)
    if this.reduction != "mean":
        return none, 1.0
    if this.has_probabilities:  # PyTorch's mean over no classes is NaN, too
        return none, float(this.rows * this.positions if this.classes else 0)
    weights = arrays.empty((prod(target.shape),), w.dtype, w)
    target_weights(target, w, np.int64(this.ignore_index), np.int64(this.classes), weights)
    total = arrays.empty((1,), w.dtype, w)
    sum_into(weights, none, 1.0, total)
    return total, 1.0


def _choose(
    op: str, direction: str, this: Problem, like: Array, name: str | None
) -> Callable[..., None]:
    """Return the launcher of the named algorithm, or of the better one for None.

    Direct wins on the CPU, where each barrier switches between fibers, and for few classes.
    """
    if name is None and (arrays.device(like) == "cpu" or this.classes < LONG):
        name = "direct"
    return algorithms.choose(op, direction, ALGORITHMS[direction], this, name).run
