"""cross_entropy: its directions, their algorithms, and what a call of each asks for.

A row of logits is one launch's work; what 'sum' and 'mean' make of the rows' losses is one more
block's (kernels.loss.reduction).
"""

from collections.abc import Iterator
from functools import partial
from types import ModuleType
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.loss.cross_entropy import direct, one_pass, problem, tree
from crosscheck.kernels.loss.cross_entropy.divisor import divisor
from crosscheck.kernels.loss.cross_entropy.problem import Problem
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size


def _labels(this: Problem, target: Array) -> Array:
    """Return the target as the kernels take it."""
    return target if this.has_probabilities else target.astype(np.int64, copy=False)


def _run_forward(
    module: ModuleType, this: Problem, x: Array, target: Array, w: Array, out: Array
) -> None:
    target = _labels(this, target)
    if this.has_probabilities and x.size == 0 and this.reduction != "mean":
        out[...] = -0.0  # as PyTorch, which negates a sum: of nothing here
        return
    losses = out if this.reduction == "none" else workspace(this.losses, x)
    how = this.keep, this.share, losses
    if losses.size and this.has_probabilities:
        module.probabilities(x, target, w, *how)
    elif losses.size:
        module.classes(x, target, w, np.int64(this.ignore_index), *how)
    if losses is not out:
        sum_into(losses.reshape(-1), *divisor(this, target, w), out.reshape(1))


def _run_input_gradient(
    module: ModuleType, this: Problem, dy: Array, x: Array, target: Array, w: Array, dx: Array
) -> None:
    target = _labels(this, target)
    how = this.keep, this.share, *divisor(this, target, w), this.reduction == "none", dx
    if this.has_probabilities:
        module.probabilities_gradient(dy, x, target, w, *how)
    else:
        module.classes_gradient(dy, x, target, w, np.int64(this.ignore_index), *how)


def _run_target_gradient(
    module: ModuleType, this: Problem, dy: Array, x: Array, target: Array, w: Array, dq: Array
) -> None:
    by = divisor(this, target, w)[1]
    module.target_gradient(dy, x, w, this.keep, by, this.reduction == "none", dq)


def _many_classes(this: Problem, device: str) -> bool:
    """Whether a block should take a row, and not a thread: it is not worth its barriers on the CPU,
    where each switches between fibers, nor for classes that keep less than half of it busy.
    """
    return device != "cpu" and this.classes >= THREADS // 2


ALGORITHMS = {
    direction: table(
        Algorithm("one_pass", partial(run, one_pass), one_pass.unsupported, one_pass.on_a_gpu),
        Algorithm("tree", partial(run, tree), prefers=_many_classes),
        Algorithm("direct", partial(run, direct)),
    )
    for direction, run in (
        ("forward", _run_forward),
        ("input_gradient", _run_input_gradient),
        ("target_gradient", _run_target_gradient),
    )
}


def _examples(dtype: type) -> Iterator[Example]:
    for classes in (16, 1000, 4096):
        x, target = np.zeros((128, classes), dtype), np.zeros(128, np.int64)
        yield {"input": x, "target": target}, {}
        yield {"input": x, "target": x}, {}


CROSS_ENTROPY = Operator("cross_entropy", ALGORITHMS, _examples)


def _plan(this: Problem, output: Output, **views: Size) -> Plan:
    """Return the plan of a direction; `views` are those of its gradients."""
    target = this.shape if this.has_probabilities else this.losses
    return Plan(
        this,
        [output],
        sizes={"weight": (this.classes,), "grad_output": this.output_shape},
        integers={} if this.has_probabilities else {"target": (np.int64, np.uint8)},
        views={"input": this.shape, "target": target, **views},
        checks={} if this.has_probabilities else {"target": partial(problem.check_classes, this)},
    )


def _forward(op: str, input: Size, target: Size, weight: Size | None, *how: Any) -> Plan:
    this = problem.create(op, input, target, *how)
    return _plan(this, Output(this.output_shape), out=_per_loss(this))


def _per_loss(this: Problem) -> Size:
    """Return the size of the output, or its gradient, as the kernels walk it."""
    return this.losses if this.reduction == "none" else (1, 1)


@CROSS_ENTROPY.direction(_forward)
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

    Raises TypeError or ValueError before anything is launched, and IndexError for a target that is
    no class. On a GPU, where looking would wait for the device, its loss and gradient are NaN, and
    the next call of any direction raises the IndexError, or `kernels.deferred.check`.
    """
    how = ignore_index, reduction, label_smoothing
    return CROSS_ENTROPY.run("forward", algorithm, out, input, target, weight, *how)


def _input_gradient(
    op: str, grad_output: Size, input: Size, target: Size, weight: Size | None, *how: Any
) -> Plan:
    this = problem.create(op, input, target, *how)
    return _plan(this, Output(input, like="input"), grad_output=_per_loss(this), out=this.shape)


@CROSS_ENTROPY.direction(_input_gradient)
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

    Raises like `forward`.
    """
    arrays = grad_output, input, target, weight
    how = ignore_index, reduction, label_smoothing
    return CROSS_ENTROPY.run("input_gradient", algorithm, out, *arrays, *how)


def _target_gradient(
    op: str, grad_output: Size, input: Size, target: Size, weight: Size | None, *how: Any
) -> Plan:
    this = problem.create(op, input, target, *how)
    if not this.has_probabilities:
        expected = f"{tuple(input)}, the input's: classes have no gradient"
        reject(op, "target.shape", tuple(target), expected)
    return _plan(this, Output(input, like="target"), grad_output=_per_loss(this), out=this.shape)


@CROSS_ENTROPY.direction(_target_gradient)
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

    Raises like `forward`, and ValueError for a target of classes, which has none.
    """
    arrays = grad_output, input, target, weight
    how = ignore_index, reduction, label_smoothing
    return CROSS_ENTROPY.run("target_gradient", algorithm, out, *arrays, *how)
