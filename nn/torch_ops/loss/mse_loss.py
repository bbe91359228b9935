"""mse_loss and its gradient.

(x - t)^2 stays the same where x and t change places, so one kernel gives the gradients for both.
"""

from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.loss import mse_loss as kernels
from crosscheck.kernels.loss.reduction import checked
from crosscheck.nn.functional.loss import constant, legacy_reduction
from crosscheck.nn.torch_ops.arguments import warn
from crosscheck.nn.torch_ops.operator import operator


@operator("mse_loss", kernels.forward)
def forward(input: Tensor, target: Tensor, reduction: str, weight: Tensor | None) -> Tensor:
    each = checked("mse_loss", reduction) == "none"
    return torch.empty_like(input) if each else input.new_empty(())


@operator("mse_loss_input_gradient", kernels.input_gradient)
def input_gradient(
    grad_output: Tensor, input: Tensor, target: Tensor, reduction: str, weight: Tensor | None
) -> Tensor:
    return torch.empty_like(input)


def _save_forward(ctx: Any, inputs: tuple, output: Tensor) -> None:
    input, target, ctx.reduction, weight = inputs
    ctx.save_for_backward(input, target, weight)


def _forward_backward(ctx: Any, dy: Tensor) -> tuple:
    x, t, w = ctx.saved_tensors
    wanted = ctx.needs_input_grad
    dx = input_gradient(dy, x, t, ctx.reduction, w) if wanted[0] else None
    dt = input_gradient(dy, t, x, ctx.reduction, w) if wanted[1] else None
    return dx, dt, None, None


def _save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    dy, input, target, ctx.reduction, weight = inputs
    ctx.save_for_backward(dy, input, target, weight)


# dx = dy scale (x - t) with scale = 2 w / divisor: a product of dy and the difference.
def _input_gradient_backward(ctx: Any, ddx: Tensor) -> tuple:
    dy, x, t, w = ctx.saved_tensors
    scaled = 2 * ddx if w is None else 2 * ddx * w
    if ctx.reduction == "mean":
        scaled = scaled / (x.numel() if w is None else w.sum())
    ddy = scaled * (x - t)
    from_x = scaled * dy
    return ddy if ctx.reduction == "none" else ddy.sum(), from_x, -from_x, None, None


forward.register_autograd(_forward_backward, setup_context=_save_forward)
input_gradient.register_autograd(_input_gradient_backward, setup_context=_save_input_gradient)


def mse_loss(
    input: Tensor,
    target: Tensor,
    size_average: bool | None = None,
    reduce: bool | None = None,
    reduction: str = "mean",
    weight: Tensor | None = None,
) -> Tensor:
    """`torch.nn.functional.mse_loss` for float32 and float64.

    Shapes that differ are broadcast, with a warning as PyTorch's; with weights they must be equal.
    A weight that requires grad raises NotImplementedError.
    """
    constant("mse_loss", weight=weight)
    if input.shape != target.shape and weight is None:
        warn("mse_loss: input and target differ in shape: broadcast", stacklevel=2)
        input, target = torch.broadcast_tensors(input, target)
    return forward(input, target, legacy_reduction(size_average, reduce, reduction), weight)
