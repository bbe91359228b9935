"""The gradients of batch_norm as operators, and their own derivatives.

    y = (x - mean) rstd weight + bias     mean and rstd are arguments here, not functions of x

so each derivative is a partial one: what mean and rstd hand on to x is in normalization.py. Sums
over a channel of N elements are those of our kernels; the rest is PyTorch's arithmetic.
"""

from math import prod
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.normalization import batch_norm as kernels
from crosscheck.nn.torch_ops.operator import operator


@operator("batch_norm_input_gradient", kernels.input_gradient)
def input_gradient(
    grad_output: Tensor,
    input: Tensor,
    mean: Tensor,
    rstd: Tensor,
    weight: Tensor | None,
    training: bool,
) -> Tensor:
    return torch.empty_like(input)


@operator("batch_norm_weight_gradient", kernels.weight_gradient)
def weight_gradient(grad_output: Tensor, input: Tensor, mean: Tensor, rstd: Tensor) -> Tensor:
    return torch.empty_like(mean)


@operator("batch_norm_bias_gradient", kernels.bias_gradient)
def bias_gradient(grad_output: Tensor) -> Tensor:
    return grad_output.new_empty(grad_output.shape[1])


def along(values: Tensor, like: Tensor) -> Tensor:
    """Return values (c) with dimensions behind it, so that they broadcast with (n, c, ...)."""
    return values.view(-1, *[1] * (like.ndim - 2))


def count(input: Tensor) -> Any:
    """Return the elements of a channel; 1 for none, to divide sums of nothing by."""
    return torch.sym_max(1, input.shape[0] * prod(input.shape[2:]))


def _save_input_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    dy, x, mean, rstd, weight, ctx.training = inputs
    ctx.save_for_backward(dy, x, mean, rstd, weight)


# Without the batch's statistics dx = weight rstd dy. With them, and averages over the channel,
#     dx = weight rstd (dy - A - (x - mean) rstd B)     A = avg dy, B = avg dy (x - mean) rstd
# so that, with v = ddx and the same averages of it, V = avg v and C = avg v (x - mean) rstd,
#     <v, dx> = weight rstd N (avg v dy - V A - B C)
# Only A, B, V and C depend on x, mean and rstd; B and C are rstd times something without it.
def _input_gradient_backward(ctx: Any, v: Tensor) -> tuple:
    dy, x, mean, rstd, weight = ctx.saved_tensors
    ddy = input_gradient(v, x, mean, rstd, weight, ctx.training)
    product = bias_gradient(v * dy)
    scale = 1 if weight is None else weight
    if not ctx.training:
        dweight = None if weight is None else rstd * product
        return ddy, None, None, scale * product, dweight, None
    n = count(x)
    A, V = bias_gradient(dy) / n, bias_gradient(v) / n
    B, C = weight_gradient(dy, x, mean, rstd) / n, weight_gradient(v, x, mean, rstd) / n
    rest = product - n * V * A
    dx = -along(scale * rstd**2, x) * (along(C, x) * dy + along(B, x) * v)
    dmean = scale * rstd**2 * n * (C * A + B * V)
    drstd = scale * (rest - 3 * n * B * C)
    dweight = None if weight is None else rstd * (rest - n * B * C)
    return ddy, dx, dmean, drstd, dweight, None


def _save_weight_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.save_for_backward(*inputs)


# dweight = rstd (sum of dy (x - mean)).
def _weight_gradient_backward(ctx: Any, v: Tensor) -> tuple:
    dy, x, mean, rstd = ctx.saved_tensors
    factor, centered = along(v * rstd, x), x - along(mean, x)
    dmean = -v * rstd * bias_gradient(dy)
    return factor * centered, factor * dy, dmean, v * bias_gradient(dy * centered)


def _save_bias_gradient(ctx: Any, inputs: tuple, output: Tensor) -> None:
    ctx.size = inputs[0].shape


def _bias_gradient_backward(ctx: Any, v: Tensor) -> Tensor:
    return v.view(-1, *[1] * (len(ctx.size) - 2)).expand(ctx.size)


input_gradient.register_autograd(_input_gradient_backward, setup_context=_save_input_gradient)
weight_gradient.register_autograd(_weight_gradient_backward, setup_context=_save_weight_gradient)
bias_gradient.register_autograd(_bias_gradient_backward, setup_context=_save_bias_gradient)
