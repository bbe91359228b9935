"""The gradients of cross_entropy as operators, and their own derivatives.

With p = softmax(x) along the classes and the coefficients k of kernels/loss/cross_entropy/classes,
a row of logits x whose loss has the gradient g has, where it is not ignored,

    dx[c] = g (K p[c] - k[c])                 K the sum of k
    dq[c] = g keep w[c] (-log_softmax(x)[c])  for probabilities q, k[c] = (keep q[c] + share) w[c]

The derivatives of these are our softmax, its gradients and arithmetic of PyTorch's.
"""

from math import prod
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.loss import cross_entropy as kernels
from crosscheck.kernels.loss.cross_entropy.problem import class_axis, without
from crosscheck.nn.torch_ops import softmaxes
from crosscheck.nn.torch_ops.operator import FLOATING, operator

DTYPES = {"target": (torch.int64, torch.uint8, *FLOATING)}


@operator("cross_entropy_input_gradient", kernels.input_gradient, dtypes=DTYPES)
def input_gradient(
    grad_output: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    return torch.empty_like(input)


@operator("cross_entropy_target_gradient", kernels.target_gradient, dtypes=DTYPES)
def target_gradient(
    grad_output: Tensor,
    input: Tensor,
    target: Tensor,
    weight: Tensor | None,
    ignore_index: int,
    reduction: str,
    label_smoothing: float,
) -> Tensor:
    return torch.empty_like(target)


class _Rows:
    """The letters of the formulas, as tensors or numbers that broadcast with the logits.

    `axis` is that of the classes; g is dy of a row or of the reduced loss, times `share_of_dy`.
    """

    def __init__(
        self,
        x: Tensor,
        target: Tensor,
        weight: Tensor | None,
        ignore_index: int,
        reduction: str,
        label_smoothing: float,
    ):
        self.axis = class_axis("cross_entropy", x.ndim)
        self.reduces = reduction != "none"
        self.keep = 1 - label_smoothing
        shape, classes = without(x.shape, self.axis), x.shape[self.axis]
        share = label_smoothing / torch.sym_max(1, classes)
        behind = [1] * (x.ndim - 1 - self.axis)
        self.w = 1 if weight is None else weight.view(-1, *behind)
        if target.is_floating_point():
            self.k = (self.keep * target + share) * self.w
            self.share_of_dy = 1 / torch.sym_max(1, prod(shape)) if reduction == "mean" else 1
        else:
            labels = target.long().reshape(shape).unsqueeze(self.axis)
            counts = labels != ignore_index
            numbers = torch.arange(classes, device=x.device).view(-1, *behind)
            own = ((labels == numbers) & counts).to(x.dtype)
            self.k = (self.keep * own + share) * self.w
            divisor = (own * self.w).sum() if reduction == "mean" else x.new_ones(())
            self.share_of_dy = torch.where(counts, 1 / divisor, 0)  # not 0 / 0: all may be ignored

    def gradient(self, dy: Tensor) -> Tensor:
        """Return g."""
        return (dy if self.reduces else dy.unsqueeze(self.axis)) * self.share_of_dy

    def total(self, values: Tensor) -> Tensor:
        """Return the sum over the classes, which stay as one."""
        return values.sum(self.axis, keepdim=True)

    def for_dy(self, dg: Tensor) -> Tensor:
        """Return the gradient for dy from one for g."""
        ddy = dg * self.share_of_dy
        return ddy.sum() if self.reduces else ddy.squeeze(self.axis)


def _save(ctx: Any, inputs: tuple, output: Tensor) -> None:
    dy, x, target, weight, *ctx.how = inputs
    ctx.save_for_backward(dy, x, target, weight)


def _input_gradient_backward(ctx: Any, v: Tensor) -> tuple:
    dy, x, target, weight = ctx.saved_tensors
    rows = _Rows(x, target, weight, *ctx.how)
    p, g, K = softmaxes.forward(x, rows.axis), rows.gradient(dy), rows.total(rows.k)
    ddy = rows.for_dy(rows.total(v * (K * p - rows.k)))
    dx = g * K * softmaxes.input_gradient(v, p, rows.axis)
    dq = None
    if ctx.needs_input_grad[2]:  # K is linear in q, too
        dq = g * rows.keep * rows.w * (rows.total(v * p) - v)
    return ddy, dx, dq, *[None] * 4


def _target_gradient_backward(ctx: Any, v: Tensor) -> tuple:
    dy, x, target, weight = ctx.saved_tensors
    rows = _Rows(x, target, weight, *ctx.how)
    log_p = softmaxes.log_forward(x, rows.axis)
    factor = -rows.keep * rows.w * v
    ddy = rows.for_dy(rows.total(factor * log_p))
    dx = softmaxes.log_input_gradient(factor * rows.gradient(dy), log_p, rows.axis)
    return ddy, dx, *[None] * 5


input_gradient.register_autograd(_input_gradient_backward, setup_context=_save)
target_gradient.register_autograd(_target_gradient_backward, setup_context=_save)
