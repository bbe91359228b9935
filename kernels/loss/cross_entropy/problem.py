"""What a call of cross_entropy asks for, once every argument is known to be good.

The checks are those of torch.nn.functional.cross_entropy, and four that are stricter: floating
arguments have one dtype, label_smoothing is in [0, 1] (PyTorch takes what is below as 0), and a
target is a class also for a row that is not there.
"""

from dataclasses import dataclass
from math import prod
from numbers import Real
from typing import Any

from crosscheck.kernels import arguments, in_range
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.loss import reduction as reductions
from crosscheck.kernels.plan import Size


@dataclass(frozen=True)
class Problem:
    """Logits (rows, classes, positions): (n, c, d1, d2, ...) with all d folded, (c) as one row.

    `op` is what messages call the direction.
    """

    op: str
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
    def losses(self) -> tuple[int, int]:
        """The size of the losses as the kernels walk them."""
        return self.rows, self.positions

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
    input: Size,
    target: Size,
    ignore_index: Any,
    reduction: Any,
    label_smoothing: Any,
) -> Problem:
    """Return the checked problem. Raises TypeError or ValueError."""
    axis = class_axis(op, len(input))
    classes, loss_shape = input[axis], without(input, axis)
    ignore_index = arguments.integer(op, "ignore_index", ignore_index)
    has_probabilities = tuple(target) == tuple(input)
    if has_probabilities and ignore_index >= 0:
        reject(op, "ignore_index", ignore_index, "a negative number with class probabilities")
    one_of_one = loss_shape == () and tuple(target) == (1,)
    if not (has_probabilities or one_of_one or tuple(target) == loss_shape):
        expected = f"{loss_shape}, or the input's shape for class probabilities"
        reject(op, "target.shape", tuple(target), expected)
    if not (classes or has_probabilities or 0 in target or len(input) in (1, 2, 4)):
        expected = "at least 1 class in 3 dimensions, or more than 4"  # PyTorch refuses it in these
        reject(op, "input.shape", tuple(input), expected)
    if not isinstance(label_smoothing, Real):
        reject(op, "label_smoothing", label_smoothing, "a number", TypeError)
    if not 0.0 <= label_smoothing <= 1.0:
        reject(op, "label_smoothing", label_smoothing, "a number from 0 to 1")
    return Problem(
        op=op,
        rows=input[0] if axis else 1,
        classes=classes,
        positions=prod(input[2:]),
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


def check_classes(this: Problem, target: Array) -> None:
    """Refuse a target that is no class. Raises IndexError, on a GPU later: `kernels.in_range`."""
    in_range.check(this.op, "target", target, this.classes - 1, this.ignore_index, "classes")
