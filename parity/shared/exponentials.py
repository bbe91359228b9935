"""Error bounds of exp, log, softmax and its logarithm, for softmax, log_softmax and cross_entropy.

Notation as in bounds.py. For a row x of n numbers with largest m, let

    a[j] = m - x[j] >= 0,  e[j] = exp(-a[j]),  s = sum of e[j],  L = log(s) >= 0
    p[j] = e[j] / s (softmax),  l[j] = a[j] + L (minus log_softmax)

Assumption: exp and log are off by at most 2 ulp, that is by a factor within 1 +- E, E = 4 u, and by
2 eta where the result is subnormal. NVIDIA states 2 ulp for expf and 1 for logf, exp and log (CUDA
C++ Programming Guide, "Mathematical Functions"), the GNU C library 1 for all four (manual, "Known
Maximum Errors in Math Functions"), SLEEF, which PyTorch uses, 1. A test measures ours on the CPU.

- m is one of the x: exact. x - m is rounded once: a[j] (1 +- u). That changes exp(-a) by a factor
  of at most exp(a u), and exp itself by 1 + E:
  de[j] = e[j] ((exp(a[j] u) - 1) (1 + E) + E) + 2 eta.
- s is a sum of n such terms: ds = sum of de + gamma(n - 1) (s + sum of de).
- p is a quotient, one rounding more: |error| <= (e + de) (1 + u) / (s - ds) - e / s + eta.
- log turns the factor 1 +- ds / s into a term, -log(1 - ds / s), and adds its own error,
  E (L + ...) + 2 eta: together dL.
- l is a rounded sum of two terms with errors: dl = u a + dL + u (a + L + u a + dL).
- exp(-l), where a gradient computes p from log_softmax: p ((exp(dl) - 1) (1 + E) + E) + 2 eta.
"""

from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma, stored
from crosscheck.parity.operator import NoIntegers
from crosscheck.parity.reference_call import Arrays, ReferenceCall

ULPS = 2  # the assumed largest error of exp and log


@dataclass(frozen=True)
class Rows:
    """The exact p and l (`log`) of rows along one axis, and the bound of each.

    `from_log` is the bound of p where it is computed as exp(-l), of the l that was stored.
    """

    p: np.ndarray
    p_bound: np.ndarray
    log: np.ndarray
    log_bound: np.ndarray
    from_log: np.ndarray


def rows(x: np.ndarray, axis: int, dtype: str) -> Rows:
    """Return p, l and their bounds in `dtype` for float64 `x`: NaN where p or l are NaN."""
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    spread = 2 * ULPS * u  # E: an ulp is at most 2 u of its number
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        a = np.max(x, axis, keepdims=True, initial=-np.inf) - x
        e = np.exp(-a)
        s = e.sum(axis, keepdims=True)
        # Above a = 1 / u both the exact and the computed e are 0.
        de = e * (np.expm1(np.minimum(a * u, 1.0)) * (1 + spread) + spread) + ULPS * eta
        total = de.sum(axis, keepdims=True)
        ds = total + gamma(max(np.size(x) // max(np.size(s), 1) - 1, 0), dtype) * (s + total)
        p = e / s
        p_bound = (s * (de + u * (e + de)) + e * ds) / (s * (s - ds)) + eta
        log_s, d_log = np.log(s), -np.log1p(-ds / s)
        d_log = d_log + spread * (log_s + d_log) + ULPS * eta
        log = a + log_s
        log_bound = u * a + d_log
        log_bound = log_bound + u * (log + log_bound)
        read = np.expm1(stored(log_bound, log, dtype))
        again = np.where(p == 0.0, 0.0, p * (read * (1 + spread) + spread))
        return Rows(p, p_bound, log, log_bound, again + ULPS * eta)


def quotient(
    above: np.ndarray, d_above: np.ndarray, below: np.ndarray, d_below: np.ndarray, u: float
) -> np.ndarray:
    """Return the bound of the rounded quotient `above` / `below`; d_... are their own errors."""
    with np.errstate(invalid="ignore", divide="ignore"):
        exact = np.abs(above / below)
        off = (d_above + exact * d_below) / (np.abs(below) - d_below)
        return np.where(np.isinf(below), 0.0, off + u * (exact + off))  # 1 / infinity is exact


def no_integers(call: ReferenceCall, seed: int) -> Arrays:
    """Raise NoIntegers: exp and log of integers are not integers."""
    raise NoIntegers("exp and log of integers are not integers")


def larger_quotient(above: np.ndarray, below: float) -> np.ndarray:
    """Return |above / below| where that is larger than |above|, else 0: the others cannot overflow.

    Nor can a division by 0, of which the infinity is PyTorch's, too.
    """
    if not below:
        return np.zeros_like(above)
    quotient = np.abs(above / below)
    return np.where(quotient > np.abs(above), quotient, 0.0)
