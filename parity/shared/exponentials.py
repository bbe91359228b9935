"""How far softmax, its logarithm and the sums in them may be off: for softmax and cross_entropy.

Notation as in bounds.py. For a row x of n numbers with largest m, let

    a[j] = m - x[j] >= 0,  e[j] = exp(-a[j]),  s = sum of e[j],  L = log(s) >= 0
    p[j] = e[j] / s (softmax),  l[j] = a[j] + L (minus log_softmax)

The assumption: exp and log are off by at most 2 ulp, that is by a factor within 1 +- E, E = 4 u,
and by 2 eta where the result is subnormal. NVIDIA gives expf 2 ulp, logf, exp and log 1 (CUDA C++
Programming Guide, "Mathematical Functions"), the GNU C library 1 for all four (manual, "Known
Maximum Errors in Math Functions"), SLEEF, in PyTorch, 1. A test measures ours on the CPU device.

- m is one of the x: exact. x - m is rounded once: a[j] (1 +- u). So exp(-a) moves by a factor of at
  most exp(a u), and exp itself by 1 + E: de[j] = e[j] ((exp(a[j] u) - 1) (1 + E) + E) + 2 eta.
- s is a sum of n such terms: ds = sum of de + gamma(n - 1) (s + sum of de).
- p is a quotient, one rounding more: |error| <= (e + de) (1 + u) / (s - ds) - e / s + eta.
- log turns the factor 1 +- ds / s into a summand: dL = -log(1 - ds / s), and then is off by
  E (L + dL) + 2 eta itself.
- l is a sum of two, each off and then rounded: dl = u a + dL + u (a + L + u a + dL).
- exp of -l again, for a gradient from the output: p ((exp(dl) - 1) (1 + E) + E) + 2 eta.
"""

from dataclasses import dataclass

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma
from crosscheck.parity.operator import NoIntegers
from crosscheck.parity.question import Arrays, Question

ULPS = 2  # of exp and log


@dataclass(frozen=True)
class Rows:
    """The exact p and l (`log`) of rows along one axis, and how far off each may be in `dtype`.

    `from_log` is the limit of p where it was computed as exp(-l).
    """

    p: np.ndarray
    p_limit: np.ndarray
    log: np.ndarray
    log_limit: np.ndarray
    from_log: np.ndarray


def rows(x: np.ndarray, axis: int, dtype: str) -> Rows:
    """Return the above for float64 `x`. Where PyTorch's answer is no number, neither is a limit."""
    u, eta = UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    spread = 2 * ULPS * u  # E: an ulp is at most 2 u of its number
    with np.errstate(invalid="ignore", divide="ignore", over="ignore"):
        a = np.max(x, axis, keepdims=True, initial=-np.inf) - x
        e = np.exp(-a)
        s = e.sum(axis, keepdims=True)
        # Beyond a = 1 / u both e and what is computed for it are 0.
        de = e * (np.expm1(np.minimum(a * u, 1.0)) * (1 + spread) + spread) + ULPS * eta
        total = de.sum(axis, keepdims=True)
        ds = total + gamma(max(x.shape[axis] - 1, 0), dtype) * (s + total)
        p = e / s
        p_limit = (s * (de + u * (e + de)) + e * ds) / (s * (s - ds)) + eta
        log_s, d_log = np.log(s), -np.log1p(-ds / s)
        d_log = d_log + spread * (log_s + d_log) + ULPS * eta
        log = a + log_s
        log_limit = u * a + d_log
        log_limit = log_limit + u * (log + log_limit)
        again = np.where(p == 0.0, 0.0, p * (np.expm1(log_limit) * (1 + spread) + spread))
        return Rows(p, p_limit, log, log_limit, again + ULPS * eta)


def quotient(
    above: np.ndarray, d_above: np.ndarray, below: np.ndarray, d_below: np.ndarray, u: float
) -> np.ndarray:
    """Return the limit of a rounded quotient of two numbers that are off by at most d_...."""
    with np.errstate(invalid="ignore", divide="ignore"):
        exact = np.abs(above / below)
        off = (d_above + exact * d_below) / (np.abs(below) - d_below)
        return off + u * (exact + off)


def no_integers(question: Question, seed: int) -> Arrays:
    """Say why there are none."""
    raise NoIntegers("exp and log of integers are no integers")
