"""mse_loss: w (x - t)^2, and its sum or mean.

- forward: the difference is rounded once and enters twice, the square and the product with w are
  rounded once each: 4 roundings a term. 'none' is one term, 'sum' is n: m = n - 1 + 4, with
  T = sum of |w| (x - t)^2. The square may underflow by eta, which w then multiplies, and so may the
  product with w.
- 'mean' divides that sum by W: by n, itself rounded (u n), or by the sum of the weights, off by
  gamma(n - 1) sum of |w|. exponentials.quotient bounds a quotient of two inexact numbers.
- gradients: 2 g' (x - t) w with g' = g / W: the quotient as above, then three roundings: the
  difference and two products. Doubling is exact, and doubles the eta of what came before it.
  PyTorch multiplies in another order and rounds once more, which all bounds include; where its g' w
  underflows, 2 |x - t| multiplies the eta. The target's gradient is the input's with the other
  sign.

The bound of PyTorch's own float64 results, which the error is measured from, is added.
"""

from math import isqrt

import numpy as np

from crosscheck.kernels.loss import mse_loss
from crosscheck.parity.bounds import OVERFLOW, SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import (
    NoIntegers,
    Operator,
)
from crosscheck.parity.reference_call import Arrays, ReferenceCall
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import Drawn, extent, one_of
from crosscheck.parity.shared.exponentials import larger_quotient, quotient


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    reduction = call.options.get("reduction", "mean")
    ours, theirs = (_off(inputs, grad_output, reduction, kind) for kind in (dtype, "float64"))
    return {name: ours[name] + theirs[name] for name in ours}


def _off(inputs: Arrays, g: np.ndarray, reduction: str, dtype: str) -> dict[str, np.ndarray]:
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    difference = np.abs(inputs["input"].astype(np.float64) - inputs["target"])
    n, w = difference.size, np.ones_like(difference)
    total, d_total = float(n), u * n
    if "weight" in inputs:
        w = np.abs(inputs["weight"].astype(np.float64))
        total = np.sum(inputs["weight"], dtype=np.float64)
        d_total = gamma(max(n - 1, 0), dtype) * w.sum()
    g, d_g = np.abs(g.astype(np.float64)), 0.0
    squares = w * difference**2
    if reduction == "none":
        forward = gamma(4, dtype) * squares + (1 + w) * eta
    else:
        forward = gamma(n + 3, dtype) * squares.sum() + (1 + w).sum() * eta
    if reduction == "mean":
        signed = np.sum(inputs.get("weight", 1.0) * difference**2)
        forward = quotient(signed, forward, total, d_total, u) + eta
        d_g = quotient(2 * g, 0.0, total, d_total, u) + 2 * eta
        with np.errstate(invalid="ignore", divide="ignore"):
            g = np.abs(g / total)
    with np.errstate(invalid="ignore"):  # 0 times infinity: PyTorch's result is NaN, too
        slope = 2 * g * difference * w
        gradient = gamma(4, dtype) * slope + d_g * difference * w * (1 + gamma(4, dtype))
        gradient = gradient + eta * (1 + 2 * w + (w + 2) * difference)
    return {
        "forward": np.asarray(forward),
        "input_gradient": gradient,
        "target_gradient": gradient,
    }


def _intermediates(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    """Return what comes before the last operation: squares before weights, terms before their sum.

    Where the sum of the weights overflows, a quotient by it is 0, and wrong.
    """
    difference = np.abs(inputs["input"].astype(np.float64) - inputs["target"])
    w = np.abs(inputs.get("weight", np.ones_like(difference))).astype(np.float64)
    g, reduction = np.abs(grad_output.astype(np.float64)), call.options.get("reduction", "mean")
    weighted, growth = "weight" in inputs, np.zeros_like(g)
    if weighted and reduction == "mean":
        if w.sum() >= OVERFLOW[dtype]:
            return {name: np.full(each.shape, np.inf) for name, each in exact.items()}
        total = np.sum(inputs["weight"], dtype=np.float64)
        growth, g = larger_quotient(g, total), np.abs(g / total) if total else g
    forward, slope = difference**2 * weighted, 2 * g * difference * weighted
    if reduction != "none":
        forward = np.sum(np.maximum(w, 1.0) * difference**2)
    if dtype == "float64":  # PyTorch, whose float64 is the exact result, doubles the difference
        slope = np.maximum(slope, 2 * difference)
    slope = np.maximum(slope, growth)
    return {"forward": np.asarray(forward), "input_gradient": slope, "target_gradient": slope}


def _integers(call: ReferenceCall, seed: int) -> Arrays:
    """Return integers whose weighted squares are small enough for their sum to be exact.

    The output gradient of a mean is a multiple of its divisor, so that the quotient is an integer.
    The mean itself is one division of an exact sum: see avg_pool2d.
    """
    shapes = dict(call.shapes)
    reduction = call.options.get("reduction", "mean")
    count = int(np.prod(shapes["input"]))
    fits = sums.largest_product(4 * count)  # a difference is twice as large, a square four times
    amplitude = isqrt(fits)
    if "weight" in shapes:
        amplitude = max(int(fits ** (1 / 3)), 1)
        if amplitude**3 > fits:
            raise NoIntegers(f"no integers keep a sum of {count} weighted squares below 2^24")
    shape = shapes["input"] if reduction == "none" else ()
    drawn = sums.integers(call, seed, {"grad_output": shape}, amplitude)
    if reduction == "mean":
        total = drawn["weight"].sum() if "weight" in drawn else float(count)
        if total == 0.0:
            raise NoIntegers("the mean would be divided by 0")
        if "weight" not in drawn and count & (count - 1):
            raise NoIntegers(f"PyTorch's gradient of a mean multiplies by 2 / {count}, rounded")
        drawn["grad_output"] = np.asarray(total * drawn["grad_output"])
    return drawn


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 12) for _ in range(rng.integers(0, 5)))
    inputs = {"input": shape, "target": shape}
    if rng.random() < 0.3:
        inputs["weight"] = shape
    return inputs, {"reduction": one_of(rng, ("none", "mean", "sum"))}


OPERATOR = Operator(
    name="mse_loss",
    order=9,
    kernels=mse_loss,
    parameters=("input", "target", "size_average", "reduce", "reduction", "weight"),
    differentiable=("input", "target"),
    constants=("weight",),
    bounds=_bounds,
    intermediates=_intermediates,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities"),
    fill={"weight": lambda values, inputs: np.abs(values) + 0.1},
)
