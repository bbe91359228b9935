"""RMSprop: one step, divided by the root of a running mean of squares; see `rule`.

g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
v = alpha * v + (1 - alpha) * g * g
m = m + (1 - alpha) * (g - m)                    where centered
D = sqrt(v) + eps, or sqrt(v - m * m) + eps      where centered
b = momentum * b + g / D;   p = p - lr * b       with momentum, else p = p - lr * g / D
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
    alpha: float
    rest: float
    eps: float
    decay: float
    momentum: float
    centered: bool
    maximize: bool


@device_function
def updated(p, g, v, b, m, numbers):
    lr, alpha, rest, eps, decay, momentum, centered, maximize = numbers
    slope = -g if maximize else g
    if decay != real(0):
        slope = slope + decay * p
    v = cuda.fma(v, alpha, rest * slope * slope)
    spread = v
    if centered:
        if rest + rest < real(1):
            m = m + rest * (slope - m)
        else:  # torch's lerp starts from the nearer end
            m = slope - (slope - m) * (real(1) - rest)
        spread = v - m * m
    divisor = math.sqrt(spread) + eps
    if momentum != real(0):
        b = b * momentum + slope / divisor
        p = p - lr * b
    else:
        p = p - lr * slope / divisor
    return p, v, b, m


def _numbers(
    op: str,
    state: list[str],
    *,
    lr: float = 1e-2,
    alpha: float = 0.99,
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum: float = 0,
    centered: bool = False,
    maximize: bool = False,
) -> Numbers:
    lr, alpha, eps = scalar(op, "lr", lr), scalar(op, "alpha", alpha), scalar(op, "eps", eps)
    decay = scalar(op, "weight_decay", weight_decay)
    momentum = scalar(op, "momentum", momentum)
    for name, wanted in (("momentum_buffer", momentum), ("grad_avg", centered)):
        if wanted and name not in state:
            reject(op, name, None, "an array, as the option that it belongs to is given")
    flags = bool(centered), bool(maximize)
    return Numbers(lr, alpha, 1 - alpha, eps, decay, momentum, *flags)


RMSPROP = Rule("rmsprop", updated, ("square_avg", "momentum_buffer", "grad_avg"), _numbers)
ALGORITHMS, step, foreach_step = RMSPROP.algorithms, RMSPROP.step, RMSPROP.foreach_step
