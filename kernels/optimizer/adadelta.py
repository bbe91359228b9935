"""Adadelta: one step whose length follows from the steps before; see `rule`.

g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
v = rho * v + (1 - rho) * g * g
d = sqrt(u + eps) / sqrt(v + eps) * g
u = rho * u + (1 - rho) * d * d
p = p - lr * d
"""

import math
from typing import NamedTuple

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.launch import cuda, device_function, real
from crosscheck.kernels.optimizer.operands import scalar
from crosscheck.kernels.optimizer.rule import Rule


class Numbers(NamedTuple):
    """What the formula takes beside the arrays."""

    lr: float
    rho: float
    rest: float
    eps: float
    decay: float
    maximize: bool


@device_function
def updated(p, g, v, u, none, numbers):
    lr, rho, rest, eps, decay, maximize = numbers
    slope = -g if maximize else g
    if decay != real(0):
        slope = slope + decay * p
    v = cuda.fma(v, rho, rest * slope * slope)
    change = math.sqrt(u + eps) / math.sqrt(v + eps) * slope
    u = cuda.fma(u, rho, rest * change * change)
    return p - lr * change, v, u, none


def _numbers(
    op: str,
    state: list[str],
    *,
    lr: float = 1.0,
    rho: float = 0.9,
    eps: float = 1e-6,
    weight_decay: float = 0,
    maximize: bool = False,
) -> Numbers:
    lr, eps = scalar(op, "lr", lr), scalar(op, "eps", eps)
    decay = scalar(op, "weight_decay", weight_decay)
    if not 0 <= scalar(op, "rho", rho) <= 1:
        reject(op, "rho", rho, "a number from 0 to 1")
    return Numbers(lr, float(rho), 1 - float(rho), eps, decay, bool(maximize))


ADADELTA = Rule("adadelta", updated, ("square_avg", "acc_delta"), _numbers)
ALGORITHMS, step, foreach_step = ADADELTA.algorithms, ADADELTA.step, ADADELTA.foreach_step
