"""The formulas of the optimizers' steps, of numbers that carry a bound of their rounding error.

Each takes the operations of kernels/optimizer in their order, which is PyTorch's, fused or not. Its
arguments are the parameter p and its gradient g; `state`, the arrays of state by name, empty before
the first step, which finds zeros in it; `o`, the optimizer's arguments and the numbers of its
state; `n`, which rounds to the dtype a number that the host computes in float64, by the same
operations as PyTorch's does. It returns the new parameter and state by name.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from crosscheck.parity.shared.rounded import Rounded, select, sqrt

Numbers = dict[str, Rounded]
Options = Mapping[str, Any]
Round = Callable[[float], Rounded]


def sgd(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    slope = _slope(p, g, o["weight_decay"], o, n)
    if not o["momentum"]:
        return {"parameter": p - n(o["lr"]) * slope}
    average = slope
    if state:
        average = state["momentum_buffer"] * n(o["momentum"]) + n(1 - o["dampening"]) * slope
    ahead = slope + n(o["momentum"]) * average if o["nesterov"] else average
    return {"parameter": p - n(o["lr"]) * ahead, "momentum_buffer": average}


def adam(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    p, decay = _decayed(p, o, n)
    beta1, beta2 = o["betas"]
    after = _means(_slope(p, g, decay, o, n), state, o, n)
    below = after["exp_avg_sq"]
    if o["amsgrad"]:
        below = after["max_exp_avg_sq"] = _maximum(state["max_exp_avg_sq"], below)
    divisor = sqrt(below) / n(np.sqrt(1 - beta2 ** o["step"])) + n(o["eps"])
    rate = o["lr"] / (1 - beta1 ** o["step"])
    return {"parameter": p - n(rate) * after["exp_avg"] / divisor, **after}


def adamw(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    return adam(p, g, state, {**o, "decoupled_weight_decay": True}, n)


def nadam(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    (beta1, beta2), lr = o["betas"], o["lr"]
    p, decay = _decayed(p, o, n)
    slope = _slope(p, g, decay, o, n)
    after = _means(slope, state, o, n)
    divisor = sqrt(after["exp_avg_sq"] / n(1 - beta2 ** o["step"])) + n(o["eps"])
    mu, following = (
        beta1 * (1 - 0.5 * 0.96 ** (step * o["momentum_decay"]))
        for step in (o["step"], o["step"] + 1)
    )
    product = o["mu_product"] * mu
    p = p - n(lr * (1 - mu) / (1 - product)) * slope / divisor
    p = p - n(lr * following / (1 - product * following)) * after["exp_avg"] / divisor
    return {"parameter": p, **after}


def rmsprop(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    slope = _slope(p, g, o["weight_decay"], o, n)
    rest = n(1 - o["alpha"])
    square = state["square_avg"] * n(o["alpha"]) + rest * slope * slope
    after, spread = {"square_avg": square}, square
    if o["centered"]:
        mean = after["grad_avg"] = _lerp(state["grad_avg"], slope, rest)
        spread = square - mean * mean
    divisor = sqrt(spread) + n(o["eps"])
    if not o["momentum"]:
        return {"parameter": p - n(o["lr"]) * slope / divisor, **after}
    buffer = state["momentum_buffer"] * n(o["momentum"]) + slope / divisor
    return {"parameter": p - n(o["lr"]) * buffer, "momentum_buffer": buffer, **after}


def adadelta(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    slope = _slope(p, g, o["weight_decay"], o, n)
    rho, rest, eps = n(o["rho"]), n(1 - o["rho"]), n(o["eps"])
    square = state["square_avg"] * rho + rest * slope * slope
    change = sqrt(state["acc_delta"] + eps) / sqrt(square + eps) * slope
    delta = state["acc_delta"] * rho + rest * change * change
    return {"parameter": p - n(o["lr"]) * change, "square_avg": square, "acc_delta": delta}


def adagrad(p: Rounded, g: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    slope = _slope(p, g, o["weight_decay"], o, n)
    rate = o["lr"] / (1 + (o["step"] - 1) * o["lr_decay"])
    total = (state["sum"] if state else n(o["initial_accumulator_value"])) + slope * slope
    return {"parameter": p - n(rate) * slope / (sqrt(total) + n(o["eps"])), "sum": total}


def _decayed(p: Rounded, o: Options, n: Round) -> tuple[Rounded, float]:
    """Return p, multiplied where its decay is decoupled, and the decay that the gradient gets."""
    if o["decoupled_weight_decay"]:
        return p * n(1 - o["lr"] * o["weight_decay"]), 0
    return p, o["weight_decay"]


def _slope(p: Rounded, g: Rounded, decay: float, o: Options, n: Round) -> Rounded:
    slope = -g if o["maximize"] else g
    return slope + n(decay) * p if decay else slope  # without it, not 0 times infinity


def _means(slope: Rounded, state: Numbers, o: Options, n: Round) -> Numbers:
    beta1, beta2 = o["betas"]
    return {
        "exp_avg": _lerp(state["exp_avg"], slope, n(1 - beta1)),
        "exp_avg_sq": state["exp_avg_sq"] * n(beta2) + n(1 - beta2) * slope * slope,
    }


def _lerp(start: Rounded, end: Rounded, weight: Rounded) -> Rounded:
    """Return the point between, from the nearer end, as torch.lerp does."""
    if weight.value < 0.5:
        return start + weight * (end - start)
    return end - (end - start) * (1 - weight)


def _maximum(a: Rounded, b: Rounded) -> Rounded:
    """Return the larger number, or NaN where either is."""
    is_close = abs(a.value - b.value) <= a.error + b.error
    return select((a.value > b.value) | np.isnan(a.value), a, b, is_close)


FORMULAS: Mapping[str, Callable[..., Numbers]] = {
    "SGD": sgd,
    "Adam": adam,
    "AdamW": adamw,
    "RMSprop": rmsprop,
    "Adadelta": adadelta,
    "Adagrad": adagrad,
    "NAdam": nadam,
}
