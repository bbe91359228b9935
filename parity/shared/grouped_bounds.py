"""The bounds of normalisation by groups: layer_norm, group_norm, instance_norm.

A row holds what is normalised together: N elements x, of which each has a weight w and a bias. The
notation, the moments and most bounds are batch_norm's: see moments.py and normalized.py there.
The statistics may be those of either algorithm, so they are as far off as the worse.

- forward: batch_norm's, with a weight for each element.
- input gradient, ours: batch_norm's bare one, with g = dy w in the place of dy. g is rounded once,
  wherever it is read: off by u |g|. What is linear in g hands that on to
      P = u r (|g| + mean |g| + (a + D) r^2 mean |g| (a + D))
- input gradient, PyTorch's: r g + b x + c with b = r^3 mean(g (mean - x)) and
  c = -b mean - r mean g, whose terms cancel. With X = |x| + |mu| + D, each is rounded N + 12 times:
      gamma(N + 12) (r |g| + r mean |g| + r^3 mean(|g| X) X)
- weight gradient: sums over all rows of terms dy ((x - mean) r), off by `scaled` from a, Z, rho and
  three roundings; PyTorch's terms are dy (r x - r mean), rounded before they cancel.
- bias gradient: a sum of output gradients.
- instance_norm may be given running statistics. They are constants where the rows are normalised
  with them: batch_norm's bounds, with g for dy. Else each row updates its copy of them, off by r,
  and what becomes of them is the mean v of n rows: off by mean r + gamma(n + 1) mean (|v| + r).
"""

from typing import NamedTuple

import numpy as np

from crosscheck.parity.bounds import OVERFLOW, SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operators.batch_norm import moments, normalized
from crosscheck.parity.operators.batch_norm.moments import Moments, both, scaled
from crosscheck.parity.operators.batch_norm.normalized import Channels
from crosscheck.parity.reference_call import Arrays

RUNNING = ("running_mean", "running_var")


class Split(NamedTuple):
    """The rows of an input, and (samples, channels, elements), where a channel has one weight."""

    rows: int
    planes: tuple[int, int, int]


class Rows(NamedTuple):
    """Each argument in float64, as (rows, N), and the running statistics, each (rows, 1).

    `own` are the rows' statistics used, and the running ones, where there are some, updated.
    """

    x: np.ndarray
    dy: np.ndarray
    weight: np.ndarray
    bias: np.ndarray
    running: tuple[np.ndarray, ...] = ()
    own: bool = True

    def statistics(self, eps: float) -> tuple[np.ndarray, np.ndarray]:
        """Return the mean and rstd of each row."""
        mean, var = self.running if not self.own else self.moments()
        return mean, 1 / np.sqrt(var + eps)

    def moments(self) -> tuple[np.ndarray, ...]:
        """Return the own mean and variance of each row."""
        return self.x.mean(1, keepdims=True), self.x.var(1, keepdims=True)


def bounds(
    rows: Rows, eps: float, momentum: float, how: Split, weighted: bool, dtype: str
) -> dict[str, np.ndarray]:
    """Return the bounds of the results; of gradients of weights and biases, of their terms."""
    x, dy, count = rows.x, rows.dy, rows.x.shape[1]
    if rows.own:
        either = moments.of_batch(x, eps, dtype), moments.of_batch_in_one_pass(x, eps, dtype)
        ours, theirs = moments.worse(*either), moments.of_batch_by_squares(x, eps)
    else:
        running = [each[:, 0] for each in rows.running]
        ours, theirs = (moments.of_running(*running, eps, kind) for kind in (dtype, "float64"))
    terms = x.size // max(how.planes[1], 1)
    c = Channels(x, dy, rows.weight, rows.bias)
    g = Channels(x, dy * rows.weight, np.ones_like(x), np.zeros_like(x))
    total = {
        "forward": normalized.forward(c, ours, dtype) + normalized.forward_linear(c, theirs),
        "input_gradient": _cancelled(g, theirs, count) if rows.own else 0.0,
        "weight_gradient": _uncentered(c, theirs, terms),
    }
    if weighted:
        total["input_gradient"] += _rounded_weight(g, ours, dtype, rows.own)
    for m, kind in ((ours, dtype), (theirs, "float64")):
        found = {
            "input_gradient": normalized.input_gradient(g, m, kind, rows.own),
            "weight_gradient": _weight_terms(c, m, terms, kind),
            "bias_gradient": gamma(terms, kind) * np.abs(dy),
        }
        if rows.own and rows.running:
            new = (m.mean, m.mean_error), normalized.unbiased(m, count, kind)
            for name, old, (value, off) in zip(RUNNING, rows.running, new, strict=True):
                row = normalized.running(old, value, off, momentum, kind)
                size = np.abs((1 - momentum) * old + momentum * value) + row
                samples = how.planes[0]
                averaged = row + gamma(samples + 1, kind) * size + SMALLEST_SUBNORMAL[kind]
                found[name] = averaged.reshape(how.planes[:2]).mean(0)
        for name, each in found.items():
            total[name] = total.get(name, 0.0) + each
    slack = 1 - gamma(2 * max(count, terms) + 40, "float64")  # for the bounds' own rounding
    return {name: each / slack for name, each in total.items()}


def _rounded_weight(g: Channels, m: Moments, dtype: str, own: bool) -> np.ndarray:
    """Return P, and what a product that underflows adds, with the computed statistics.

    Where these are running ones, what is linear in g is r g alone.
    """
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    off, rstd = u * np.abs(g.dy) + eta, m.rstd * (1 + m.spread)
    inner = off
    if own:
        a = np.abs(g.x - m.mean) + m.mean_error
        projection = rstd**2 * (off * a).mean(1, keepdims=True)
        inner = off + off.mean(1, keepdims=True) + a * projection
    rounded = 1 + gamma(g.x.shape[1] + 12, dtype)
    return rstd * inner * rounded


def _cancelled(g: Channels, m: Moments, count: int) -> np.ndarray:
    rstd, size = m.rstd * (1 + m.spread), np.abs(g.dy)
    X = np.abs(g.x) + np.abs(m.mean) + m.mean_error
    projection = rstd**3 * (size * X).mean(1, keepdims=True) * X
    total = rstd * (size + size.mean(1, keepdims=True)) + projection
    return gamma(count + 12, "float64") * total + 3 * SMALLEST_SUBNORMAL["float64"]


def _weight_terms(c: Channels, m: Moments, terms: int, dtype: str) -> np.ndarray:
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    a = np.abs(c.x - m.mean)
    z = m.mean_error + u * (a + m.mean_error)
    off = m.rstd * scaled(a, z, both(m.spread, gamma(terms + 2, dtype)))
    return np.abs(c.dy) * (off + eta) + eta


def _uncentered(c: Channels, m: Moments, terms: int) -> np.ndarray:
    X = np.abs(c.x) + np.abs(m.mean) + m.mean_error
    factor = gamma(terms + c.x.shape[1] + 8, "float64") * (1 + m.spread)
    return factor * m.rstd * np.abs(c.dy) * X


def intermediates(rows: Rows, eps: float, momentum: float, how: Split, dtype: str) -> Arrays:
    """Return how large results on the way to each get, of (rows, N) as `bounds`."""
    x, dy, weight = rows.x, np.abs(rows.dy), np.abs(rows.weight)
    mean, rstd = rows.statistics(eps)
    difference, scale, g = np.abs(x - mean), rstd * weight, dy * weight
    beyond = np.where(difference >= OVERFLOW[dtype], difference, 0.0)
    X = np.abs(x) + np.abs(mean) if dtype == "float64" else difference  # PyTorch's order
    forward = np.maximum(np.maximum(beyond, scale), X * np.maximum(scale, rstd))
    product, total = (g * X).sum(1, keepdims=True), g.sum(1, keepdims=True)
    inner = np.maximum(np.maximum(total, g), np.maximum(rstd**3, 1.0) * product)
    inner = np.maximum(inner * np.maximum(rstd, 1.0), X * np.maximum(rstd**3, rstd**2) * product)
    if dtype == "float64":  # r g, b x and c, which PyTorch adds up before they cancel; dy x; r w
        projection = rstd**3 * (product / x.shape[1]) * X
        inner = np.maximum(inner, 2 * (rstd * (g + total / x.shape[1]) + projection))
        inner = np.maximum(inner, (dy * np.maximum(X, 1.0)).sum(1, keepdims=True))
        inner = np.maximum(inner, scale)
    found = {
        "forward": forward,
        "input_gradient": inner,
        "weight_gradient": np.maximum(np.maximum(rstd, 1.0) * X, rstd) * np.maximum(dy, 1.0),
        "bias_gradient": dy,
    }
    # The squares of a row overflow: its variance is infinite, or NaN.
    sums = np.abs(x).sum(1, keepdims=True)
    unsafe = rows.own & (x.shape[1] * np.maximum(sums, sums**2) >= OVERFLOW[dtype])
    if rows.own and rows.running:
        for name, old, value in zip(RUNNING, rows.running, rows.moments(), strict=True):
            size = np.where(unsafe, np.inf, np.abs(old) + np.abs(momentum * value))
            found[name] = size.reshape(how.planes[:2]).sum(0)
    return {
        name: each if name in ("bias_gradient", *RUNNING) else np.where(unsafe, np.inf, each)
        for name, each in found.items()
    }


def on_a_gpu(rows: Rows, eps: float) -> Arrays:
    """Return the results as kernels compute them that subtract the mean first."""
    x, g = rows.x, rows.dy * rows.weight
    mean, rstd = rows.statistics(eps)
    scale = rstd * rows.weight
    inner = g
    if rows.own:
        slope = rstd**2 * (g * (x - mean)).mean(1, keepdims=True)
        inner = (g - g.mean(1, keepdims=True)) - (x - mean) * slope
    return {
        "forward": (x - mean) * scale + rows.bias,
        "input_gradient": inner * rstd,
        "weight_gradient": rows.dy * ((x - mean) * rstd),
    }
