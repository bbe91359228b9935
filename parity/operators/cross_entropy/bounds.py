"""Error bounds of cross_entropy.

exponentials.py bounds p = softmax(x) and l = -log_softmax(x) of a row x of logits. Let C be the
number of classes, w the class weights and q the target's probabilities (1 or 0 for a class), and

    k[c] = (keep q[c] + share) w[c],  keep = 1 - label_smoothing,  share = label_smoothing / C.

Then a row's loss is the sum over c of k[c] l[c]; the gradient of x[c] is p[c] G - g k[c] with
G = sum of g k, and the gradient of q[c] is g w[c] l[c] keep. Let k' be k of absolute values. keep
and share are each rounded twice before they are used.

- k is off by gamma(5) k': two roundings of keep, the product with q, the sum, the product with w.
- a row's loss is a sum of C products k l, grouped in any way: gamma(C + 5) sum of k' l, the error
  of l, sum of k' dl, and an eta for every product, which may underflow, times the factors that come
  after it.
- g k is one product more, off by gamma(6) |g| k', and G by gamma(C + 5) sum of |g| k'. The error dg
  of g itself is in all of them: it multiplies their difference.
- p G - g k: p is off by dp, the product and the difference are each rounded once. A product in g k
  that underflows leaves an eta, times the factors that come after it.
- the gradient of q: two roundings of keep and three products, in any order: gamma(5), the errors of
  l and g, and an eta for each product, times the factors that come after it.
- That is reduction 'none'. 'sum' adds R rows: gamma(R - 1) (sum of |row| + their bounds). 'mean'
  divides by the sum of the targets' weights, off by gamma(R - 1) sum of |w|, or by the number of
  rows, rounded once: exponentials.quotient.
- The loss and gradient of an ignored row are exactly 0, as its k is.

The bound of PyTorch's own float64 results is added, in which p is computed as exp(-l).
"""

from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared import exponentials
from crosscheck.parity.shared.exponentials import quotient


@dataclass(frozen=True)
class Coefficients:
    """What does not depend on the logits: k, and k' as `size`, both in the logits' shape.

    `weights` is |w|, and `taken` the other factor of k', keep |q| + share. `slope` is keep |w|, the
    derivative of k' by a probability. `ignored` rows do not count. A mean is divided by the sum of
    `divisors`, the targets' weights.
    """

    axis: int
    k: np.ndarray
    size: np.ndarray
    weights: np.ndarray
    taken: np.ndarray
    slope: np.ndarray
    ignored: np.ndarray
    divisors: np.ndarray
    reduction: str


def coefficients(inputs: Arrays, options: Options) -> Coefficients:
    """Return the coefficients of a call."""
    x, target = inputs["input"], inputs["target"]
    axis = min(x.ndim - 1, 1)
    classes = x.shape[axis]
    along = [1] * x.ndim
    along[axis] = classes
    w = np.asarray(inputs.get("weight", np.ones(classes)), np.float64).reshape(along)
    smoothing = options.get("label_smoothing", 0.0)
    keep, share = 1.0 - smoothing, smoothing / max(classes, 1)
    weights, reduction = np.abs(w), options.get("reduction", "mean")
    if target.dtype.kind == "f":
        q = target.astype(np.float64)
        divisors = np.ones(x.shape[:axis] + x.shape[axis + 1 :])
        k, taken = (keep * q + share) * w, keep * np.abs(q) + share
        size, ignored = taken * weights, np.zeros((), bool)
    else:
        target = np.expand_dims(target.reshape(x.shape[:axis] + x.shape[axis + 1 :]), axis)
        counted = target != options.get("ignore_index", -100)
        q = ((np.arange(classes).reshape(along) == target) & counted).astype(np.float64)
        own = np.where(q == 0.0, 0.0, w)  # not 0 times the weight of another class
        divisors = own.sum(axis)
        k = keep * own + np.where(counted, share * w if share else 0.0, 0.0)
        size, taken, ignored = np.abs(k), keep * q + share, ~counted
    slope = keep * weights
    return Coefficients(axis, k, size, weights, taken, slope, ignored, divisors, reduction)


def bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    known = coefficients(inputs, call.options)
    probable = inputs["target"].dtype.kind == "f"
    ours, theirs = (
        _off(inputs["input"].astype(np.float64), grad_output, known, probable, kind, from_log)
        for kind, from_log in ((dtype, False), ("float64", True))
    )
    return {name: ours[name] + theirs[name] for name in ours}


@np.errstate(invalid="ignore", over="ignore")  # NaN where the exact result is not finite
def _off(
    x: np.ndarray,
    g: np.ndarray,
    known: Coefficients,
    probable: bool,
    dtype: str,
    from_log: bool,
) -> dict[str, np.ndarray]:
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    axis, k, size = known.axis, known.k, known.size
    classes = x.shape[axis]
    row = exponentials.rows(x, axis, dtype)
    spread = gamma(classes + 5, dtype)
    underflow = eta * (1 + known.weights) * (3 + row.log)
    terms = size * (row.log_bound * (1 + spread) + spread * row.log) + underflow
    terms = _where(size, terms)
    d_loss = terms.sum(axis)
    loss = _where(size, k * row.log).sum(axis)

    forward, d_g = d_loss, 0.0
    g = np.abs(g.astype(np.float64))
    if known.reduction == "sum":
        forward = _of_sum(loss, d_loss, dtype)
    if known.reduction == "mean":
        total = known.divisors.sum()
        adding = gamma(max(d_loss.size - 1, 0), dtype)
        d_total = u * d_loss.size if probable else adding * np.abs(known.divisors).sum()
        forward = of_mean(loss, d_loss, total, d_total, dtype)
        d_g = quotient(g, 0.0, total, d_total, u) + eta
        with np.errstate(invalid="ignore", divide="ignore"):
            g = np.abs(g / total)
    if known.reduction == "none":
        g = np.expand_dims(g, axis)

    p, dp = row.p, row.from_log if from_log else row.p_bound
    whole = k.sum(axis, keepdims=True)
    d_whole = spread * size.sum(axis, keepdims=True)
    high = np.abs(whole) + d_whole
    inner = dp * high + p * d_whole + u * (p + dp) * high + gamma(6, dtype) * size + 3 * eta
    inner = inner + u * (p * high + size + inner)
    most = np.abs(p * whole - k) + inner
    gradient = g * inner + (d_g + u * (g + d_g)) * most
    underflow = eta * (2 + 2 * known.weights + known.taken + g * known.weights)
    underflow = _where(size, np.broadcast_to(underflow, x.shape))
    gradient = gradient + underflow + (p + dp) * underflow.sum(axis, keepdims=True) + eta
    gradient = np.where(known.ignored, 0.0, gradient)
    off = {"forward": np.asarray(forward), "input_gradient": gradient}
    if probable:
        d_log = gamma(5, dtype) * row.log + (1 + gamma(5, dtype)) * row.log_bound
        slope = known.slope * ((g + d_g) * d_log + d_g * row.log)
        off["target_gradient"] = slope + eta * (2 + g + d_g) * (1 + row.log + row.log_bound)
    return off


def of_mean(
    loss: np.ndarray, d_loss: np.ndarray, total: float, d_total: float, dtype: str
) -> np.ndarray:
    """Return the bound of the sum of all rows' losses, off by `d_loss`, over the divisor `total`,
    off by `d_total`.
    """
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    return quotient(loss.sum(), _of_sum(loss, d_loss, dtype), total, d_total, u) + eta


def _of_sum(loss: np.ndarray, d_loss: np.ndarray, dtype: str) -> np.ndarray:
    adding = gamma(max(d_loss.size - 1, 0), dtype)
    return d_loss.sum() + adding * (np.abs(loss) + d_loss).sum()


def _where(size: np.ndarray, values: np.ndarray) -> np.ndarray:
    """Return the values of classes with k' > 0, and 0 for the others, whose l may be infinite.

    Where k' > 0, an infinite l makes the loss infinite or NaN, which needs no bound.
    """
    return np.where(size == 0.0, 0.0, values)
