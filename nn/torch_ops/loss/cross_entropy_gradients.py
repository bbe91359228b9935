"""cross_entropy as operators, and the derivatives of its gradients.

With p = softmax(x) along the classes and the coefficients k of kernels/loss/cross_entropy/classes,
a row of logits x whose loss has the gradient g has, where it is not ignored,

    dx[c] = g (K p[c] - k[c])                 K the sum of k
    dq[c] = g keep w[c] (-log_softmax(x)[c])  for probabilities q, k[c] = (keep q[c] + share) w[c]

The derivatives of these are our softmax, its gradients and arithmetic of PyTorch's.
"""

from math import prod

import torch
from torch import Tensor

from crosscheck.kernels.loss.cross_entropy import CROSS_ENTROPY as KERNELS
from crosscheck.kernels.loss.cross_entropy.problem import class_axis, without
from crosscheck.nn.torch_ops.operators import Operators
from crosscheck.nn.torch_ops.softmaxes import LOG_SOFTMAX, SOFTMAX

CROSS_ENTROPY = Operators(KERNELS)


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


@CROSS_ENTROPY.derivative("input_gradient")
def _input(v, grad_output, input, target, weight, ignore_index, reduction, label_smoothing):
    rows = _Rows(input, target, weight, ignore_index, reduction, label_smoothing)
    p, g, K = SOFTMAX.forward(input, rows.axis), rows.gradient(grad_output), rows.total(rows.k)
    return {
        "grad_output": lambda: rows.for_dy(rows.total(v * (K * p - rows.k))),
        "input": lambda: g * K * SOFTMAX.input_gradient(v, p, rows.axis),
        "target": lambda: g * rows.keep * rows.w * (rows.total(v * p) - v),  # K is linear in q, too
    }


@CROSS_ENTROPY.derivative("target_gradient")
def _target(v, grad_output, input, target, weight, ignore_index, reduction, label_smoothing):
    rows = _Rows(input, target, weight, ignore_index, reduction, label_smoothing)
    log_p, g = LOG_SOFTMAX.forward(input, rows.axis), rows.gradient(grad_output)
    factor = -rows.keep * rows.w * v
    return {
        "grad_output": lambda: rows.for_dy(rows.total(factor * log_p)),
        "input": lambda: LOG_SOFTMAX.input_gradient(factor * g, log_p, rows.axis),
    }
