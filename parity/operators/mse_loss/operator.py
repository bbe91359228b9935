"""mse_loss in the suite.

- forward: a term is w (x - t)^2. The difference is rounded once and counts twice, the square once,
  the weight's product once: 4 roundings. 'none' is one term, 'sum' n of them: m = n - 1 + 4, with
  T = sum of |w| (x - t)^2; a product that underflows leaves eta, times |w| before the last.
- a mean is that sum S divided by W: n, itself rounded (u n), or the sum of the weights, off by
  gamma(n - 1) sum of |w|. A quotient of two numbers that are off is in exponentials.quotient.
- gradients: 2 g' (x - t) w with g' = g / W: the quotient as above, then three roundings: the
  difference and two products. Doubling is exact, and doubles the eta of what came before it.
  PyTorch multiplies in another order and rounds once more: that is one more for all. The target's
  gradient is the input's with the other sign.

PyTorch's own float64, from which the error is measured, has its limit added.
"""

from math import isqrt

import numpy as np

from crosscheck.kernels.loss import mse
from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import (
    NoIntegers,
    Operator,
)
from crosscheck.parity.question import Arrays, Question
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import Drawn, edge, one_of
from crosscheck.parity.shared.exponentials import quotient


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    reduction = question.options.get("reduction", "mean")
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
    with np.errstate(invalid="ignore"):  # 0 times infinity is PyTorch's NaN, too
        slope = 2 * g * difference * w
        gradient = gamma(4, dtype) * slope + d_g * difference * w * (1 + gamma(4, dtype))
        gradient = gradient + eta * (1 + 2 * w + w * difference)
    return {
        "forward": np.asarray(forward),
        "input_gradient": gradient,
        "target_gradient": gradient,
    }


def _integers(question: Question, seed: int) -> Arrays:
    """Return integers whose squares, and those times a weight, leave room for the sum of them.

    The gradient of a mean is a multiple of what it is divided by, so that the quotient is one, too;
    the mean itself is one division of an exact sum, see avg_pool2d.
    """
    shapes = dict(question.shapes)
    reduction = question.options.get("reduction", "mean")
    count = int(np.prod(shapes["input"]))
    fits = sums.largest_product(4 * count)  # a difference is twice as large, a square four times
    amplitude = isqrt(fits)
    if "weight" in shapes:
        amplitude = max(int(fits ** (1 / 3)), 1)
        if amplitude**3 > fits:
            raise NoIntegers(f"no weighted squares leave room for a sum of {count}")
    shape = shapes["input"] if reduction == "none" else ()
    drawn = sums.integers(question, seed, {"grad_output": shape}, amplitude)
    if reduction == "mean":
        total = drawn["weight"].sum() if "weight" in drawn else float(count)
        if total == 0.0:
            raise NoIntegers("a mean is divided by 0 here")
        if "weight" not in drawn and count & (count - 1):
            raise NoIntegers(f"PyTorch's gradient of a mean multiplies by 2 / {count}, rounded")
        drawn["grad_output"] = np.asarray(total * drawn["grad_output"])
    return drawn


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(edge(rng, 12) for _ in range(rng.integers(0, 5)))
    inputs = {"input": shape, "target": shape}
    if rng.random() < 0.3:
        inputs["weight"] = shape
    return inputs, {"reduction": one_of(rng, ("none", "mean", "sum"))}


OPERATOR = Operator(
    name="mse_loss",
    order=9,
    kernels=mse,
    parameters=("input", "target", "size_average", "reduce", "reduction", "weight"),
    differentiable=("input", "target"),
    constants=("weight",),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    fuzz_values=("normal", "normal", "ties", "nan", "infinities"),
    fill={"weight": lambda values, inputs: np.abs(values) + 0.1},
)
