"""Normalisation by groups in parity: the bounds of layer_norm and of what derives from it.

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
"""

from collections.abc import Callable
from math import log2
from typing import Any, NamedTuple

import numpy as np

from crosscheck.parity import data
from crosscheck.parity.bounds import OVERFLOW, SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.case import Shape
from crosscheck.parity.operator import NoIntegers, Operator
from crosscheck.parity.operators.batch_norm import moments, normalized
from crosscheck.parity.operators.batch_norm.moments import Moments, both, scaled
from crosscheck.parity.operators.batch_norm.normalized import Channels
from crosscheck.parity.operators.batch_norm.special import EPS
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall

WHOLE = ("forward", "input_gradient")  # all other results have the shape of the weight


class Split(NamedTuple):
    """The rows of an input, and (samples, channels, elements), where a channel has one weight."""

    rows: int
    planes: tuple[int, int, int]


class Rows(NamedTuple):
    """Each argument in float64, as (rows, N)."""

    x: np.ndarray
    dy: np.ndarray
    weight: np.ndarray
    bias: np.ndarray


def operator(name: str, kernels: Any, split: Callable[..., Split], **fields: Any) -> Operator:
    """Return an operator; `split(shape, options)` says what is normalised together."""

    def seen(inputs: Arrays, dy: np.ndarray, options: Options) -> tuple[Split, Rows]:
        x = inputs["input"]
        how = split(x.shape, options)

        def wide(name: str, default: float) -> np.ndarray:
            each = inputs.get(name, np.full(how.planes[1], default)).astype(np.float64)
            spread = np.broadcast_to(each.reshape(1, -1, 1), how.planes)
            return spread.reshape(how.rows, -1)

        whole = (each.astype(np.float64).reshape(how.rows, -1) for each in (x, dy))
        return how, Rows(*whole, wide("weight", 1.0), wide("bias", 0.0))

    def shaped(found: Arrays, how: Split, exact: Arrays) -> Arrays:
        """Return arrays (rows, N) in the shapes of the results, the terms of a sum added up."""
        return {
            name: (each if name in WHOLE else each.reshape(how.planes).sum((0, 2))).reshape(
                exact[name].shape
            )
            for name, each in found.items()
            if name in exact
        }

    def bounds(
        call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        if not inputs["input"].size:
            return {}
        how, rows = seen(inputs, dy, call.options)
        with np.errstate(all="ignore"):  # where the data has NaN or infinity
            found = _bounds(rows, call.options.get("eps", EPS), how, "weight" in inputs, dtype)
        return shaped(found, how, exact)

    def intermediates(
        call: ReferenceCall, inputs: Arrays, dy: np.ndarray, exact: Arrays, dtype: str
    ) -> Arrays:
        if not inputs["input"].size:
            return {}
        how, rows = seen(inputs, dy, call.options)
        found = _intermediates(rows, call.options.get("eps", EPS), dtype)
        return shaped(found, how, exact)

    def gpu_results(tensors: Arrays, options: Options, results: Arrays) -> Arrays:
        """Where what is added up has infinities, PyTorch's CPU kernels subtract them from each
        other. Its GPU kernels subtract numbers first, as ours do.
        """
        if not tensors["input"].size:
            return {}
        dy = tensors.get("grad_output")
        how, rows = seen(tensors, results["forward"] if dy is None else dy, options)
        with np.errstate(all="ignore"):
            own = _on_a_gpu(rows, options.get("eps", EPS))
            finite = np.isfinite(rows.x + rows.dy * rows.weight).all(1, keepdims=True)
        spread = {name: np.where(finite, 0.0, each) for name, each in own.items()}
        return {
            name: np.where(np.isfinite(each), results[name], each.astype(results[name].dtype))
            for name, each in shaped(spread, how, results).items()
        }

    def integers(call: ReferenceCall, seed: int) -> Arrays:
        shapes = dict(call.shapes)
        how = split(shapes["input"], call.options)
        return _integers(call, seed, how, shapes["input"])

    return Operator(
        name=name,
        kernels=kernels,
        differentiable=("input", "weight", "bias"),
        bounds=bounds,
        intermediates=intermediates,
        gpu_results=gpu_results,
        integers=integers,
        fuzz_values=("normal", "normal", "ties", "negative", "constant", "nan", "minus_inf"),
        returns=("output", "mean", "rstd"),
        **fields,
    )


def _bounds(rows: Rows, eps: float, how: Split, weighted: bool, dtype: str) -> Arrays:
    x, dy, count = rows.x, rows.dy, rows.x.shape[1]
    either = moments.of_batch(x, eps, dtype), moments.of_batch_in_one_pass(x, eps, dtype)
    ours, theirs = moments.worse(*either), moments.of_batch_by_squares(x, eps)
    terms = x.size // max(how.planes[1], 1)
    c = Channels(x, dy, rows.weight, rows.bias)
    g = Channels(x, dy * rows.weight, np.ones_like(x), np.zeros_like(x))
    total = {
        "forward": normalized.forward(c, ours, dtype) + normalized.forward_linear(c, theirs),
        "input_gradient": _cancelled(g, theirs, count),
        "weight_gradient": _uncentered(c, theirs, terms),
    }
    if weighted:
        total["input_gradient"] += _rounded_weight(g, ours, dtype)
    for m, kind in ((ours, dtype), (theirs, "float64")):
        found = {
            "input_gradient": normalized.input_gradient(g, m, kind, training=True),
            "weight_gradient": _weight_terms(c, m, terms, kind),
            "bias_gradient": gamma(terms, kind) * np.abs(dy),
        }
        for name, each in found.items():
            total[name] = total.get(name, 0.0) + each
    slack = 1 - gamma(2 * max(count, terms) + 40, "float64")  # for the bounds' own rounding
    return {name: each / slack for name, each in total.items()}


def _rounded_weight(g: Channels, m: Moments, dtype: str) -> np.ndarray:
    """Return P, and what a product that underflows adds, with the computed statistics."""
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    off, rstd = u * np.abs(g.dy) + eta, m.rstd * (1 + m.spread)
    a = np.abs(g.x - m.mean) + m.mean_error
    projection = rstd**2 * (off * a).mean(1, keepdims=True)
    rounded = 1 + gamma(g.x.shape[1] + 12, dtype)
    return rstd * (off + off.mean(1, keepdims=True) + a * projection) * rounded


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


def _intermediates(rows: Rows, eps: float, dtype: str) -> Arrays:
    x, dy, weight = rows.x, np.abs(rows.dy), np.abs(rows.weight)
    mean, rstd = x.mean(1, keepdims=True), 1 / np.sqrt(x.var(1, keepdims=True) + eps)
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
    unsafe = x.shape[1] * np.maximum(sums, sums**2) >= OVERFLOW[dtype]
    return {
        name: np.where(unsafe & (name != "bias_gradient"), np.inf, each)
        for name, each in found.items()
    }


def _on_a_gpu(rows: Rows, eps: float) -> Arrays:
    x, g = rows.x, rows.dy * rows.weight
    mean, rstd = x.mean(1, keepdims=True), 1 / np.sqrt(x.var(1, keepdims=True) + eps)
    scale = rstd * rows.weight
    slope = rstd**2 * (g * (x - mean)).mean(1, keepdims=True)
    return {
        "forward": (x - mean) * scale + rows.bias,
        "input_gradient": ((g - g.mean(1, keepdims=True)) - (x - mean) * slope) * rstd,
        "weight_gradient": rows.dy * ((x - mean) * rstd),
    }


def _integers(call: ReferenceCall, seed: int, how: Split, shape: Shape) -> Arrays:
    """Return rows of variance 1 about an integer mean, where eps makes rstd a power of 2."""
    exponent = log2(1 + call.options.get("eps", EPS)) / 2
    if exponent != int(exponent):
        raise NoIntegers("1 + eps is not a power of 4, so rstd cannot be a power of 2")
    count = int(np.prod(shape)) // max(how.rows, 1)
    if count < 2 or count & (count - 1) or count * 8**exponent > 2**16:
        raise NoIntegers(f"a mean of {count} values needs too many bits")
    amplitude = 3
    drawn = call.fill(lambda name, size: data.integers(seed, name, size, amplitude))
    drawn["grad_output"] = data.integers(seed, "grad_output", shape, amplitude)
    signs, generator = np.tile([1.0, -1.0], count // 2), np.random.default_rng(seed)
    centers = data.integers(seed, "center", (how.rows,), amplitude)
    rows = [center + generator.permutation(signs) for center in centers]
    return {**drawn, "input": np.reshape(rows, shape)}
