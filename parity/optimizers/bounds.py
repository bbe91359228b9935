"""How far one step of an optimizer may be from PyTorch's in the same dtype.

Notation of ../bounds.py. Both take the operations of the formulas in kernels/optimizer, fused or
not; no number goes through more than ROUNDINGS of them. So each is off by at most gamma(ROUNDINGS)
times what the formula gives on absolute values, T, and an eta for every product that underflows;
the bound is twice that.

Adam divides by D = sqrt(v) / root + eps. v is off by dv, hence sqrt(v) by at most dv / sqrt(v) and
sqrt(dv); the quotient U = rate m / D then by (rate dm + U dD) / (D - dD). Where v is infinite, U is
exactly 0. T of every step on the way also says where a step may overflow (allowances.py).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, gamma
from crosscheck.parity.reference_call import Arrays

ROUNDINGS = 16
PRODUCTS = 8  # that may underflow, none of which is multiplied by more than 1 afterwards


@dataclass(frozen=True)
class Sizes:
    """By result: how far off it may be, and its largest intermediate result."""

    bounds: Arrays
    intermediates: Arrays


def of_step(
    optimizer: str, before: Arrays, after: Arrays, options: Mapping[str, Any], dtype: str, step: int
) -> Sizes:
    """Return the sizes of step number `step` from `before`; `after` is what PyTorch made of it."""
    sizes = {name: np.abs(each.astype(np.float64)) for name, each in before.items()}
    if optimizer == "SGD":
        return _sgd(sizes, options, dtype)
    results = {name: np.abs(each.astype(np.float64)) for name, each in after.items()}
    return _adam(sizes, results, options, optimizer == "AdamW", dtype, step)


def _rounded(magnitude: np.ndarray, dtype: str) -> np.ndarray:
    underflow = np.where(magnitude == 0.0, 0.0, PRODUCTS * SMALLEST_SUBNORMAL[dtype])
    return gamma(ROUNDINGS, dtype) * magnitude + underflow


def _sgd(sizes: Arrays, options: Mapping[str, Any], dtype: str) -> Sizes:
    p, slope = sizes["parameter"], sizes["gradient"]
    momentum, lr, decay = options.get("momentum"), options["lr"], options.get("weight_decay")
    if decay:  # without it, not 0 times infinity
        slope = slope + decay * p
    partial = {}
    if momentum:
        undamped = abs(1 - options.get("dampening", 0.0))
        average = sizes["momentum_buffer"] * momentum + undamped * slope
        partial["momentum_buffer"] = average
        ahead = slope + momentum * average if options.get("nesterov") else average
        slope = np.maximum(slope, ahead)
    partial["parameter"] = p + lr * slope
    bounds = {name: 2 * _rounded(each, dtype) for name, each in partial.items()}
    return Sizes(bounds, {name: np.maximum(each, slope) for name, each in partial.items()})


def _adam(
    sizes: Arrays, after: Arrays, options: Mapping[str, Any], decoupled: bool, dtype: str, step: int
) -> Sizes:
    beta1, beta2 = options.get("betas", (0.9, 0.999))
    decay, eps = options.get("weight_decay"), options.get("eps", 1e-8)
    rate, root = options["lr"] / (1 - beta1**step), np.sqrt(1 - beta2**step)
    p = sizes["parameter"]
    slope = sizes["gradient"]
    if decay and not decoupled:
        slope = slope + decay * p
    mean = 2 * (sizes["exp_avg"] + slope)
    square = sizes["exp_avg_sq"] * beta2 + (1 - beta2) * slope**2
    d_mean, d_square = _rounded(mean, dtype), _rounded(square, dtype)
    d_square = np.where(np.isinf(after["exp_avg_sq"]), 0.0, d_square)

    below = after.get("max_exp_avg_sq", after["exp_avg_sq"])
    divisor = np.sqrt(below) / root + eps
    d_root = np.where(below == 0.0, np.sqrt(d_square), d_square / np.sqrt(below))
    d_divisor = np.minimum(d_root, np.sqrt(d_square)) / root + _rounded(divisor, dtype)
    change = rate * after["exp_avg"] / divisor
    d_change = (rate * d_mean + change * d_divisor) / (divisor - d_divisor)
    d_change = np.where(np.isinf(divisor), 0.0, d_change)
    d_parameter = _rounded(p + change, dtype) + d_change
    bounds = {"parameter": d_parameter, "exp_avg": d_mean, "exp_avg_sq": d_square}
    intermediates = {"exp_avg": mean, "exp_avg_sq": np.maximum(square, slope**2)}
    whole = np.maximum(intermediates["exp_avg"], intermediates["exp_avg_sq"])
    quotient = np.maximum(after["exp_avg"], mean) * max(rate, 1.0) / divisor
    intermediates["parameter"] = np.maximum(np.maximum(p, whole), quotient)
    if "max_exp_avg_sq" in sizes:
        bounds["max_exp_avg_sq"] = d_square
        intermediates["max_exp_avg_sq"] = intermediates["exp_avg_sq"]
    return Sizes({name: 2 * each for name, each in bounds.items()}, intermediates)
