"""Adagrad: one step, divided by the root of the sum of all squares; see `rule`.

g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
s = s + g * g
p = p - lr / (1 + (t - 1) * lr_decay) * g / (sqrt(s) + eps)
"""

import math
from typing import NamedTuple

from crosscheck.kernels.arguments import integer
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.optimizer.operands import scalar
from crosscheck.kernels.optimizer.rule import Rule


class Numbers(NamedTuple):
    """What the formula takes beside the arrays."""

    rate: float
    eps: float
    decay: float
    maximize: bool


@device_function
def updated(p, g, s, none, nothing, numbers):
    rate, eps, decay, maximize = numbers
    slope = -g if maximize else g
    if decay != real(0):
        slope = slope + decay * p
    s = s + slope * slope
    return p - rate * slope / (math.sqrt(s) + eps), s, none, nothing


def _numbers(
    op: str,
    state: list[str],
    *,
    step: int = 1,
    lr: float = 1e-2,
    lr_decay: float = 0,
    weight_decay: float = 0,
    eps: float = 1e-10,
    maximize: bool = False,
) -> Numbers:
    step, lr, eps = integer(op, "step", step, 1), scalar(op, "lr", lr), scalar(op, "eps", eps)
    rate = lr / (1 + (step - 1) * scalar(op, "lr_decay", lr_decay))
    return Numbers(rate, eps, scalar(op, "weight_decay", weight_decay), bool(maximize))


ADAGRAD = Rule("adagrad", updated, ("sum",), _numbers)
ALGORITHMS, step, foreach_step = ADAGRAD.algorithms, ADAGRAD.step, ADAGRAD.foreach_step
