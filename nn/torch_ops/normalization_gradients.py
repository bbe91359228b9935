"""The gradients of batch_norm as operators, and their own derivatives.

    y = (x - mean) rstd weight + bias     mean and rstd are arguments here, not functions of x

so each derivative is a partial one: what mean and rstd hand on to x is in normalization.py. Sums
over a channel of N elements are those of our kernels; the rest is PyTorch's arithmetic.
"""

from math import prod
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.normalization.batch_norm import BATCH_NORM as KERNELS
from crosscheck.nn.torch_ops.operators import Operators

BATCH_NORM = Operators(KERNELS, ("input_gradient", "weight_gradient", "bias_gradient"))


def along(values: Tensor, like: Tensor) -> Tensor:
    """Return values (c) with dimensions behind it, so that they broadcast with (n, c, ...)."""
    return values.view(-1, *[1] * (like.ndim - 2))


def count(input: Tensor) -> Any:
    """Return the elements of a channel; 1 for none, to divide sums of nothing by."""
    return torch.sym_max(1, input.shape[0] * prod(input.shape[2:]))


# Without the batch's statistics dx = weight rstd dy. With them, and averages over the channel,
#     dx = weight rstd (dy - A - (x - mean) rstd B)     A = avg dy, B = avg dy (x - mean) rstd
# so that, with v = ddx and the same averages of it, V = avg v and C = avg v (x - mean) rstd,
#     <v, dx> = weight rstd N (avg v dy - V A - B C)
# Only A, B, V and C depend on x, mean and rstd; B and C are rstd times something without it.
@BATCH_NORM.derivative("input_gradient")
def _input(v, grad_output, input, mean, rstd, weight, training):
    dy, x, n = grad_output, input, count(input)
    product = BATCH_NORM.bias_gradient(v * dy)
    scale = 1 if weight is None else weight
    found = {"grad_output": lambda: BATCH_NORM.input_gradient(v, x, mean, rstd, weight, training)}
    if not training:
        return found | {"rstd": lambda: scale * product, "weight": lambda: rstd * product}
    A, V = BATCH_NORM.bias_gradient(dy) / n, BATCH_NORM.bias_gradient(v) / n
    B, C = (BATCH_NORM.weight_gradient(each, x, mean, rstd) / n for each in (dy, v))
    rest = product - n * V * A
    return found | {
        "input": lambda: -along(scale * rstd**2, x) * (along(C, x) * dy + along(B, x) * v),
        "mean": lambda: scale * rstd**2 * n * (C * A + B * V),
        "rstd": lambda: scale * (rest - 3 * n * B * C),
        "weight": lambda: rstd * (rest - n * B * C),
    }


# dweight = rstd (sum of dy (x - mean)).
@BATCH_NORM.derivative("weight_gradient")
def _weight(v, grad_output, input, mean, rstd):
    factor, centered = along(v * rstd, input), input - along(mean, input)
    return {
        "grad_output": lambda: factor * centered,
        "input": lambda: factor * grad_output,
        "mean": lambda: -v * rstd * BATCH_NORM.bias_gradient(grad_output),
        "rstd": lambda: v * BATCH_NORM.bias_gradient(grad_output * centered),
    }


@BATCH_NORM.derivative("bias_gradient")
def _bias(v, grad_output_size):
    wide = v.view(-1, *[1] * (len(grad_output_size) - 2))
    return {"grad_output": lambda: wide.expand(grad_output_size)}
