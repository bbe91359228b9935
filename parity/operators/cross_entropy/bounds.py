"""How far cross_entropy may be off: exponentials.py has the limits of p and l, minus log_softmax.

With C classes, a row's loss is the sum over c of k[c] l[c], and its gradient g (p[c] K - k[c]) with
K = sum of k, where, w being the weights and q the target's probabilities (1 or 0 for a class; their
gradient is g keep w[c] l[c]),

    k[c] = (keep q[c] + share) w[c],  keep = 1 - label_smoothing,  share = label_smoothing / C.

Let k' be the same of absolute values. keep and share are each rounded twice before they are used.

- k is off by gamma(5) k': two roundings of keep, the product with q, the sum, the product with w.
- a row's loss is a sum of C products k l, in whatever grouping of the factors: gamma(C + 5) sum of
  k' l, beside what l brings with it, sum of k' dl, and an eta for every product that underflows.
- K is off by dK = gamma(C + 4) sum of k'.
- p K - k: p is off by dp, the product and the difference are each rounded once. PyTorch multiplies
  by g before it subtracts, one rounding more: gamma(6) for k and C + 5 for K serve both.
- the gradient of q: two roundings of keep and three products, in any order: gamma(5), beside what l
  and g bring with them, and an eta for each product, times the factors that come after it.
- 'none' stops here. 'sum' adds R rows: gamma(R - 1) (sum of |row| + their limits). 'mean' divides
  by the sum of the targets' weights, off by gamma(R - 1) sum of |w|, or by the number of rows,
  rounded once: exponentials.quotient.
- a row that is ignored has k = 0, and must be exactly 0.

PyTorch's own float64, from which the error is measured, has its limit added, with exp(-l) for p.
"""

from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.question import Arrays, Options, Question
from crosscheck.parity.shared import exponentials
from crosscheck.parity.shared.exponentials import quotient


@dataclass(frozen=True)
class _Coefficients:
    """What does not depend on the logits: k, and k' as `size`, both in the logits' shape.

    `slope` is k' per probability, keep |w|; `divisors` are the targets' weights, by whose sum a
    mean is divided.
    """

    axis: int
    k: np.ndarray
    size: np.ndarray
    slope: np.ndarray
    divisors: np.ndarray
    reduction: str


def _coefficients(inputs: Arrays, options: Options) -> _Coefficients:
    x, target = inputs["input"], inputs["target"]
    axis = min(x.ndim - 1, 1)
    classes = x.shape[axis]
    along = [1] * x.ndim
    along[axis] = classes
    w = np.asarray(inputs.get("weight", np.ones(classes)), np.float64).reshape(along)
    smoothing = options.get("label_smoothing", 0.0)
    keep, share = 1.0 - smoothing, smoothing / max(classes, 1)
    if target.dtype.kind == "f":
        q = target.astype(np.float64)
        divisors = np.ones(x.shape[:axis] + x.shape[axis + 1 :])
        k, size = (keep * q + share) * w, (keep * np.abs(q) + share) * np.abs(w)
    else:
        target = np.expand_dims(target.reshape(x.shape[:axis] + x.shape[axis + 1 :]), axis)
        counted = target != options.get("ignore_index", -100)
        q = (np.arange(classes).reshape(along) == target).astype(np.float64)
        divisors = (q * w).sum(axis) * np.squeeze(counted, axis)
        k = (keep * q + share) * w * counted
        size = np.abs(k)
    slope = keep * np.abs(w)
    return _Coefficients(axis, k, size, slope, divisors, options.get("reduction", "mean"))


def limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    known = _coefficients(inputs, question.options)
    probable = inputs["target"].dtype.kind == "f"
    ours, theirs = (
        _off(inputs["input"].astype(np.float64), grad_output, known, probable, kind, from_log)
        for kind, from_log in ((dtype, False), ("float64", True))
    )
    return {name: ours[name] + theirs[name] for name in ours}


@np.errstate(invalid="ignore", over="ignore")  # masked later; a NaN left over is no bound
def _off(
    x: np.ndarray,
    g: np.ndarray,
    known: _Coefficients,
    probable: bool,
    dtype: str,
    from_log: bool,
) -> dict[str, np.ndarray]:
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    axis, k, size = known.axis, known.k, known.size
    classes = x.shape[axis]
    row = exponentials.rows(x, axis, dtype)
    spread = gamma(classes + 5, dtype)
    terms = _where(
        size, size * (row.log_limit * (1 + spread) + spread * row.log) + eta * (3 + row.log)
    )
    d_loss = terms.sum(axis)
    loss = _where(size, k * row.log).sum(axis)

    count = d_loss.size
    adding = gamma(max(count - 1, 0), dtype)
    forward, d_g = d_loss, 0.0
    g = np.abs(g.astype(np.float64))
    if known.reduction != "none":
        forward = d_loss.sum() + adding * (np.abs(loss) + d_loss).sum()
    if known.reduction == "mean":
        total = known.divisors.sum()
        d_total = u * count if probable else adding * np.abs(known.divisors).sum()
        forward = quotient(loss.sum(), forward, total, d_total, u) + eta
        d_g = quotient(g, 0.0, total, d_total, u) + eta
        with np.errstate(invalid="ignore", divide="ignore"):
            g = np.abs(g / total)
    if known.reduction == "none":
        g = np.expand_dims(g, axis)

    p, dp = row.p, row.from_log if from_log else row.p_limit
    whole = k.sum(axis, keepdims=True)
    d_whole = spread * size.sum(axis, keepdims=True)
    high = np.abs(whole) + d_whole
    inner = dp * high + p * d_whole + u * (p + dp) * high + gamma(6, dtype) * size + 3 * eta
    inner = inner + u * (p * high + size + inner)
    most = np.abs(p * whole - k) + inner
    gradient = g * inner + (d_g + u * (g + d_g)) * most + eta
    ignored = size.sum(axis, keepdims=True) == 0
    off = {"forward": np.asarray(forward), "input_gradient": np.where(ignored, 0.0, gradient)}
    if probable:
        d_log = gamma(5, dtype) * row.log + (1 + gamma(5, dtype)) * row.log_limit
        slope = known.slope * ((g + d_g) * d_log + d_g * row.log)
        off["target_gradient"] = slope + eta * (2 + g + d_g) * (1 + row.log + row.log_limit)
    return off


def _where(size: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values where a class takes part: elsewhere l may be infinite and counts 0 times.

    Where it does, an infinite l makes the loss infinite or NaN, and no limit is needed.
    """
    return np.where(size == 0.0, 0.0, values)
