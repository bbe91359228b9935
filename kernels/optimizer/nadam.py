"""NAdam: Adam with Nesterov's momentum, whose weight mu grows with the steps; see `rule`.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p, unless p *= 1 - lr * weight_decay
    m = m + (1 - beta1) * (g - m)
    v = beta2 * v + (1 - beta2) * g * g
    mu(t) = beta1 * (1 - 0.96^(t * momentum_decay) / 2), and M the product of all mu up to t
    p = p - lr * ((1 - mu(t)) / (1 - M) * g + mu(t + 1) / (1 - M mu(t + 1)) * m)
            / (sqrt(v / (1 - beta2^t)) + eps)

What depends on the step number alone is computed on the host in float64, as PyTorch does.
"""

import math
from collections.abc import Sequence
from typing import NamedTuple

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.launch import cuda, device_function, real
from crosscheck.kernels.optimizer.operands import scalar
from crosscheck.kernels.optimizer.rule import Rule


class Numbers(NamedTuple):
    """What the formula takes beside the arrays."""

    of_gradient: float
    of_mean: float
    weight1: float
    beta2: float
    weight2: float
    correction: float
    eps: float
    shrink: float
    decay: float
    maximize: bool


@device_function
def updated(p, g, m, v, none, numbers):
    of_g, of_m, weight1, beta2, weight2, correction, eps, shrink, decay, maximize = numbers
    slope = -g if maximize else g
    p = p * shrink
    if decay != real(0):
        slope = slope + decay * p
    if weight1 + weight1 < real(1):
        m = m + weight1 * (slope - m)
    else:  # torch's lerp starts from the nearer end
        m = slope - (slope - m) * (real(1) - weight1)
    v = cuda.fma(v, beta2, weight2 * slope * slope)
    divisor = math.sqrt(v / correction) + eps
    return p - of_g * slope / divisor - of_m * m / divisor, m, v, none


def momentum(step: int, beta1: float, momentum_decay: float) -> float:
    """Return mu of a step."""
    return beta1 * (1 - 0.5 * 0.96 ** (step * momentum_decay))


def _numbers(
    op: str,
    state: list[str],
    *,
    step: int = 1,
    mu_product: float = 1.0,
    lr: float = 2e-3,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    momentum_decay: float = 4e-3,
    decoupled_weight_decay: bool = False,
    maximize: bool = False,
) -> Numbers:
    step, lr, eps = integer(op, "step", step, 1), scalar(op, "lr", lr), scalar(op, "eps", eps)
    decay = scalar(op, "weight_decay", weight_decay)
    if not isinstance(betas, Sequence) or len(betas) != 2:
        reject(op, "betas", betas, "a pair of numbers")
    beta1, beta2 = (scalar(op, "betas", beta, 1.0) for beta in betas)
    slower = scalar(op, "momentum_decay", momentum_decay)
    mu, following = (momentum(each, beta1, slower) for each in (step, step + 1))
    product = mu_product * mu
    rates = lr * (1 - mu) / (1 - product), lr * following / (1 - product * following)
    shrink, decay = (1 - lr * decay, 0.0) if decoupled_weight_decay else (1.0, decay)
    weights = 1 - beta1, beta2, 1 - beta2, 1 - beta2**step
    return Numbers(*rates, *weights, eps, shrink, decay, bool(maximize))


NADAM = Rule("nadam", updated, ("exp_avg", "exp_avg_sq"), _numbers)
ALGORITHMS, step, foreach_step = NADAM.algorithms, NADAM.step, NADAM.foreach_step
