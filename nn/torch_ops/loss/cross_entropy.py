"""cross_entropy of logits with classes or probabilities.

Both gradients are operators, too: cross_entropy_gradients.py.
"""

from typing import Any

from torch import Tensor

from crosscheck.kernels.loss import cross_entropy as kernels
from crosscheck.kernels.loss.cross_entropy.problem import class_axis, without
from crosscheck.kernels.loss.reduction import checked
from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.torch_ops.arguments import number
from crosscheck.nn.torch_ops.loss.cross_entropy_gradients import (
    DTYPES,
    input_gradient,
    target_gradient,
)
from crosscheck.nn.torch_ops.operator import operator

OP = "cross_entropy"


@operator(OP, kernels.forward, dtypes=DTYPES)
def forward(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    shape = without(input.shape, class_axis(OP, input.ndim))
    return input.new_empty(shape if checked(OP, reduction) == "none" else ())


def _save(ctx: Any, inputs: tuple, output: Tensor) -> None:
    input, target, weight, *ctx.how = inputs
    ctx.save_for_backward(input, target, weight)


def _backward(ctx: Any, dy: Tensor) -> tuple:
    wanted = ctx.needs_input_grad
    dx = input_gradient(dy, *ctx.saved_tensors, *ctx.how) if wanted[0] else None
    dq = target_gradient(dy, *ctx.saved_tensors, *ctx.how) if wanted[1] else None
    return dx, dq, *[None] * 4


forward.register_autograd(_backward, setup_context=_save)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    size_average: bool | None = None,
    ignore_index: int = -100,
    reduce: bool | None = None,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """`torch.nn.functional.cross_entropy` for float32 and float64, with int64 or uint8 classes.

    Target probabilities have a gradient, too. A weight that requires grad raises
    NotImplementedError. On a GPU the loss of a target that is no class is NaN.
    """
    constant(OP, weight=weight)
    ignore_index = number(OP, "ignore_index", ignore_index)
    reduction = legacy_reduction(size_average, reduce, reduction)
    return forward(input, target, weight, ignore_index, reduction, label_smoothing)
