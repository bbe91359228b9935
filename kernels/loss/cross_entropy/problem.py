"""What a call of cross_entropy asks for, once every argument is known to be good.

The checks are those of torch.nn.functional.cross_entropy, and four that are stricter: floating
arguments have one dtype, label_smoothing is in [0, 1] (PyTorch takes what is below as 0), and a
target is a class also for a row that is not there.
"""

from dataclasses import dataclass
from math import prod
from numbers import Real
from typing import Any

import numpy as np

from crosscheck.kernels import arguments, arrays
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.loss import reduction as reductions


@dataclass(frozen=True)
class Problem:
    """Logits (rows, classes, positions): (n, c, d1, d2, ...) with all d folded, (c) as one row."""

    rows: int
    classes: int
    positions: int
    loss_shape: tuple[int, ...]
    has_probabilities: bool
    reduction: str
    ignore_index: int
    label_smoothing: float

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.rows, self.classes, self.positions

    @property
    def output_shape(self) -> tuple[int, ...]:
        return self.loss_shape if self.reduction == "none" else ()

    @property
    def keep(self) -> float:
        """What label smoothing leaves to the target."""
        return 1.0 - self.label_smoothing

    @property
    def share(self) -> float:
        """What label smoothing hands to every class."""
        return self.label_smoothing / self.classes if self.classes else 0.0


def create(
    op: str,
    input: Any,
    target: Any,
    weight: Any,
    ignore_index: Any,
    reduction: Any,
    label_smoothing: Any,
) -> Problem:
    """Return the checked problem. Raises TypeError or ValueError."""
    arguments.any_rank(op, "input", input)
    arguments.any_rank(op, "target", target, None)
    axis = class_axis(op, input.ndim)
    classes = input.shape[axis]
    loss_shape = without(input.shape, axis)
    ignore_index = arguments.integer(op, "ignore_index", ignore_index)
    has_probabilities = tuple(target.shape) == tuple(input.shape)
    if has_probabilities:
        arguments.matching(op, "target", target, input.shape, input=input)
        if ignore_index >= 0:
            reject(op, "ignore_index", ignore_index, "a negative number with class probabilities")
    else:
        _check_classes(op, target, loss_shape, classes, ignore_index)
        if arrays.device(target) != arrays.device(input):
            expected = f"{arrays.device(input)!r}, the device of input"
            reject(op, "device of target", arrays.device(target), expected)
    if weight is not None:
        arguments.matching(op, "weight", weight, (classes,), input=input)
    if not isinstance(label_smoothing, Real):
        reject(op, "label_smoothing", label_smoothing, "a number", TypeError)
    if not 0.0 <= label_smoothing <= 1.0:
        reject(op, "label_smoothing", label_smoothing, "a number from 0 to 1")
    return Problem(
        rows=input.shape[0] if axis else 1,
        classes=classes,
        positions=prod(input.shape[2:]),
        loss_shape=loss_shape,
        has_probabilities=has_probabilities,
        reduction=reductions.checked(op, reduction),
        ignore_index=ignore_index,
        label_smoothing=float(label_smoothing),
    )


def class_axis(op: str, rank: int) -> int:
    """Return the axis of the classes in logits of this rank. Raises ValueError."""
    if rank == 0:
        reject(op, "input.shape", (), "at least 1 dimension")
    return min(rank - 1, 1)


def without(shape: tuple[int, ...], axis: int) -> tuple[int, ...]:
    """Return the shape of the losses: that of the logits without the classes."""
    return *shape[:axis], *shape[axis + 1 :]


def _check_classes(
    op: str, target: Array, loss_shape: tuple[int, ...], classes: int, ignore_index: int
) -> None:
    if target.dtype.type not in (np.int64, np.uint8):
        expected = "int64 or uint8 class indices, or probabilities of the input's shape"
        reject(op, "target.dtype", target.dtype.name, expected, TypeError)
    if tuple(target.shape) != loss_shape and not (loss_shape == () and target.shape == (1,)):
        expected = f"{loss_shape}, or the input's shape for class probabilities"
        reject(op, "target.shape", tuple(target.shape), expected)
    if arrays.device(target) == "cpu":  # on a GPU looking would wait for the device: NaN tells
        wrong = target[(target != ignore_index) & ((target < 0) | (target >= classes))]
        if wrong.size:
            reject(op, "target", int(wrong[0]), f"classes from 0 to {classes - 1}")
