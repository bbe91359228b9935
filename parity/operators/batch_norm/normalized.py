"""Error bounds of batch norm's results, given those of its statistics.

Notation of moments.py; a = |x - mu|, w the weight, s = r |w|, u, gamma and eta of `dtype`. The
rounded difference x - mean is off by Z = D + u (a + D). Where the mean is much larger than the
deviation, D = u |mu| is what the cancellation leaves, and all that follows is off by it.

- forward, ours: (x - mean) (rstd w) + bias. The product is off by Y, `scaled` from a s, Z s and the
  relative error of two roundings and rho; the sum with the bias by Y + u (|y| + Y).
- forward, PyTorch's: x alpha + beta, alpha = rstd w, beta = bias - mean alpha. The same alpha
  multiplies x and the mean, so its error multiplies x - mean; the three roundings of products and
  sums multiply |x| alpha + |mean| alpha + |bias|, the terms before they cancel.
- bias gradient: a sum of N output gradients, m = N - 1, bounded by N.
- weight gradient: rstd * sum of dy (x - mean). The sum S is off by
  W = sum |dy| Z + gamma(N) sum |dy| (a + Z); then one product with rstd.
- input gradient in training: w rstd (dy - average - (x - mean) slope), where average = sum dy / N
  is off by gamma(N + 1) mean |dy|, and slope = rstd^2 S / N by rho twice, four roundings, and W.
  Each difference is rounded once, and the factor w rstd adds two roundings and rho.
- input gradient with running statistics: dy rstd w, two roundings and rho.
- running statistics: (1 - momentum) old + momentum new: a rounding of each factor, of each product
  and of the sum. The unbiased variance v N / (N - 1) has five more: N twice, N - 1, the quotient
  and the product.

PyTorch computes the gradients in the same form, so the same bounds hold for them, in float64 and
with its own moments.
"""

from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operators.batch_norm.moments import Moments, both, scaled


@dataclass(frozen=True)
class Channels:
    """The inputs of a call in float64: x and dy (c, N), weight and bias (c, 1)."""

    x: np.ndarray
    dy: np.ndarray
    weight: np.ndarray
    bias: np.ndarray


def _difference(c: Channels, m: Moments, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (a, Z)."""
    a = np.abs(c.x - m.mean)
    return a, m.mean_error + UNIT_ROUNDOFF[dtype] * (a + m.mean_error)


def forward(c: Channels, m: Moments, dtype: str) -> np.ndarray:
    """Return the bound (c, N) of our output."""
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    a, z = _difference(c, m, dtype)
    scale = m.rstd * np.abs(c.weight)
    off = scale * scaled(a, z, both(m.spread, gamma(2, dtype))) + eta * (1 + a + z)
    return off + u * (scale * a + np.abs(c.bias) + off)


def forward_linear(c: Channels, m: Moments) -> np.ndarray:
    """Return the bound (c, N) of PyTorch's output in float64."""
    a = np.abs(c.x - m.mean)
    scale = m.rstd * np.abs(c.weight)
    relative = both(m.spread, gamma(1, "float64"))
    terms = scale * (1 + relative) * (np.abs(c.x) + np.abs(m.mean) + m.mean_error)
    rounded = gamma(3, "float64") * (terms + np.abs(c.bias))
    off = scale * scaled(a, m.mean_error, relative)
    return off + rounded + SMALLEST_SUBNORMAL["float64"] * (2 + np.abs(c.x) + np.abs(m.mean))


def bias_gradient(c: Channels, dtype: str) -> np.ndarray:
    """Return the bound (c, 1)."""
    return gamma(c.dy.shape[1], dtype) * np.abs(c.dy).sum(1, keepdims=True)


def _projection(c: Channels, m: Moments, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Return (|S|, W), each (c, 1)."""
    count = c.dy.shape[1]
    a, z = _difference(c, m, dtype)
    exact = np.abs((c.dy * (c.x - m.mean)).sum(1, keepdims=True))
    terms = scaled(a, z, gamma(count, dtype))
    off = (np.abs(c.dy) * terms).sum(1, keepdims=True) + count * SMALLEST_SUBNORMAL[dtype]
    return exact, off


def weight_gradient(c: Channels, m: Moments, dtype: str) -> np.ndarray:
    """Return the bound (c, 1)."""
    exact, off = _projection(c, m, dtype)
    relative = both(m.spread, gamma(1, dtype))
    return m.rstd * scaled(exact, off, relative) + SMALLEST_SUBNORMAL[dtype]


def input_gradient(c: Channels, m: Moments, dtype: str, training: bool) -> np.ndarray:
    """Return the bound (c, N)."""
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    inner, off = np.abs(c.dy), np.zeros_like(c.dy)
    if training:
        count = c.dy.shape[1]
        average = c.dy.mean(1, keepdims=True)
        average_off = gamma(count + 1, dtype) * inner.mean(1, keepdims=True) + eta
        exact, projection_off = _projection(c, m, dtype)
        square = m.rstd**2
        relative = both(both(m.spread, m.spread), gamma(4, dtype))
        slope = square * exact / count
        slope_off = square * scaled(exact, projection_off, relative) / count
        slope_off += eta * (1 + square * (1 + relative))
        a, z = _difference(c, m, dtype)
        centered = np.abs(c.dy - average)
        centered_off = average_off + u * (centered + average_off)
        product_off = z * slope + (a + z) * slope_off
        product_off += u * (a * slope + product_off) + eta
        signed = square * (c.dy * (c.x - m.mean)).sum(1, keepdims=True) / count
        inner = np.abs(c.dy - average - (c.x - m.mean) * signed)
        off = centered_off + product_off
        off += u * (inner + off)
    scale = m.rstd * np.abs(c.weight)
    relative = both(m.spread, gamma(2, dtype))
    return scale * scaled(inner, off, relative) + eta * (1 + inner + off)


def running(
    old: np.ndarray, new: np.ndarray, off: np.ndarray, momentum: float, dtype: str
) -> np.ndarray:
    """Return the bound (c, 1) of (1 - momentum) old + momentum new, `new` being off by `off`."""
    terms = np.abs((1 - momentum) * old) + np.abs(momentum) * (np.abs(new) + off)
    rounded = gamma(3, dtype) * terms + 2 * SMALLEST_SUBNORMAL[dtype]
    return rounded + np.abs(momentum) * off


def unbiased(m: Moments, count: int, dtype: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the unbiased variance (c, 1), and how far it may be off."""
    factor = count / (count - 1)
    return factor * m.var, factor * scaled(m.var, m.var_error, gamma(5, dtype))
