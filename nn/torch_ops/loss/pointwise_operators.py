"""Losses of two tensors, element by element, as operators of PyTorch.

The derivatives of a gradient: with f the loss of one element, dx = w dy / divisor df/dx is linear
in dy, with the factors that the kernel gives for a dy of 1. Its slopes in x and t are those of
df/dx, and likewise for dt: the second derivatives of f are given here. What was broadcast gets the
sum over its copies.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from crosscheck.kernels.loss import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    huber_loss,
    l1_loss,
    mse_loss,
    smooth_l1_loss,
)
from crosscheck.kernels.loss.pointwise import Pointwise
from crosscheck.nn.torch_ops.operators import Operators

# (input, target, and of pos_weight and numbers what the loss has, by name) -> the derivatives of
# one element's loss: in x twice, in x and t, in t twice
Second = Callable[..., tuple[Tensor | float, Tensor | float, Tensor | float]]


def _operators(kernels: Pointwise, second: Second) -> Operators:
    """Return the operators of a loss, each gradient with its derivatives."""
    operators = Operators(kernels)
    for of, places in (("input", (0, 1)), ("target", (1, 2))):
        slopes = dict(zip(("input", "target"), places, strict=True))
        _differentiate(kernels, operators, f"{of}_gradient", second, slopes)
    return operators


def _differentiate(
    kernels: Pointwise, operators: Operators, direction: str, second: Second, slopes: dict[str, int]
) -> None:
    """`slopes`: which of the second derivatives are those of this gradient, for each argument."""

    @operators.derivative(direction)
    def _(
        v: Tensor, grad_output: Tensor, reduction: str, weight: Tensor | None = None, **saved: Any
    ) -> dict[str, Callable[[], Tensor]]:
        sizes = {name: saved[name].shape for name in ("input", "target")}
        shape = torch.broadcast_shapes(*sizes.values())
        wide = v.expand(shape)

        def of_dy() -> Tensor:
            given = dict(reduction=reduction, weight=weight, **saved)
            if reduction == "none":
                given |= {name: given[name].expand(shape) for name in sizes}
                given["weight"] = None if weight is None else weight.expand(shape)
                return operators.call(direction, grad_output=wide, **given)
            factors = operators.call(direction, grad_output=torch.ones_like(grad_output), **given)
            return (v * factors).sum()

        def slope(name: str, place: int) -> Tensor:
            scaled = wide * grad_output if weight is None else wide * grad_output * weight
            if reduction == "mean":
                by_weights = kernels.by_weights and weight is not None
                scaled = scaled / (weight.sum() if by_weights else wide.numel())
            return (scaled * second(**saved)[place]).sum_to_size(sizes[name])

        found = {name: partial(slope, name, place) for name, place in slopes.items()}
        return found | {"grad_output": of_dy}


def _of_difference(curvature: Callable[..., Tensor | float]) -> Second:
    """Return the second derivatives of f(x - t) from f'', a function of x - t and the numbers."""

    def second(input: Tensor, target: Tensor, **numbers: float) -> tuple:
        bend = curvature(input - target, **numbers)
        return bend, -bend, bend

    return second


def _of_smooth_l1(d: Tensor, beta: float) -> Tensor | float:
    return (d.abs() < beta).to(d.dtype) / beta if beta else 0.0


def _of_huber(d: Tensor, delta: float) -> Tensor:
    return (d.abs() < delta).to(d.dtype)


# -t / x + (1 - t) / (1 - x) has the slopes t / x^2 + (1 - t) / (1 - x)^2 in x and
# -1 / x - 1 / (1 - x) in t; the divisor x (1 - x) is at least what it is in the kernel.
def _of_probabilities(input: Tensor, target: Tensor) -> tuple:
    divisor = ((1 - input) * input).clamp(min=binary_cross_entropy.LEAST)
    twice = (input * input - 2 * input * target + target) / divisor / divisor
    return twice, -1 / divisor, 0.0


# q s - p t with s' = s (1 - s), and q = 1 + (p - 1) t
def _of_logits(input: Tensor, target: Tensor, pos_weight: Tensor | None) -> tuple:
    s = torch.sigmoid(input)
    if pos_weight is None:
        return s * (1 - s), -1.0, 0.0
    more = pos_weight - 1
    return (1 + more * target) * s * (1 - s), more * s - pos_weight, 0.0


MSE_LOSS = _operators(mse_loss.MSE_LOSS, _of_difference(lambda _: 2.0))
L1_LOSS = _operators(l1_loss.L1_LOSS, _of_difference(lambda _: 0.0))
SMOOTH_L1_LOSS = _operators(smooth_l1_loss.SMOOTH_L1_LOSS, _of_difference(_of_smooth_l1))
HUBER_LOSS = _operators(huber_loss.HUBER_LOSS, _of_difference(_of_huber))
BINARY_CROSS_ENTROPY = _operators(binary_cross_entropy.BINARY_CROSS_ENTROPY, _of_probabilities)
BINARY_CROSS_ENTROPY_WITH_LOGITS = _operators(
    binary_cross_entropy_with_logits.BINARY_CROSS_ENTROPY_WITH_LOGITS, _of_logits
)
