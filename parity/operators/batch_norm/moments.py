"""Error bounds of batch norm's statistics, step by step.

Notation of bounds.py; N values x of a channel, of exact mean mu and variance v, A = mean |x|,
M = mean |x - mu|, r = 1 / sqrt(v + eps). Sums may be in any order. Dividing by N counts as two
roundings, because N itself is rounded if it is 2^24 or more. Terms in eta are in the code but left
out here. The product of p (off by e) and a number of relative error k is off by at most
e + (|p| + e) k: `scaled` below. sqrt and division are correctly rounded (IEEE 754; on a GPU too,
without fast math), so they count as one rounding each.

Ours (kernels/normalization/statistics.py), in the case's dtype:

    shift = sum x / N               off by D1 = gamma(N + 1) A
    error = sum (x - shift) / N     off from mu - shift by P = gamma(N + 2) (M + D1), since
                                    mean |x - shift| <= M + D1
    mean  = shift + error           off by D = P + u (|mu| + P): little more than its own rounding,
                                    without the error D1 of shift
    var   = sum (x - shift)^2 / N - error^2: the mean of the squares is v + (mu - shift)^2, which
                                    error^2 takes away again. Off by
                                    E = gamma(N + 4) (v + D1^2) + P (2 D1 + P) + u (D1 + P)^2,
                                    with the difference rounded V = E + u (v + E)
    rstd  = 1 / sqrt(var + eps)     var + eps is off by T = V + u eps + u (v + eps + V + u eps) and
                                    not below eps (1 - u)^2, as var is not below 0. With
                                    d = min(T, v + eps - eps (1 - u)^2): off by a factor 1 + rho,
                                    1 + rho = sqrt(1 + d / (v + eps - d)) (1 + gamma(2))

`one_pass` (kernels/normalization/one_pass.py) takes the channel's first value for the shift, or 0
where that is not finite. It is exact, so D1 is not a rounding but its distance |mu - shift|, and
all else is as above. That is less than above, unless the first value lies far out: then the squares
are of differences much larger than the deviation, and var is off by their rounding, D1^2 gamma.

PyTorch's, in float64 on the CPU, is the plain two-pass algorithm: D = gamma(N) A, and
V = D^2 + gamma(N + 3) (v + D^2). With running statistics D = V = 0.

Its layer_norm and group_norm update means and variances element by element, or take the variance
from the squares of x, as the layout decides: D = gamma(2 N) max |x|, as a mean of few elements may
be as large as the largest, and V = D^2 + gamma(3 N + 8) 2 mean x^2, twice for the two numbers that
are subtracted.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.parity.bounds import SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma


class Moments(NamedTuple):
    """Exact statistics per channel, each (c, 1), and how far computed ones may be off.

    mean, var, rstd   mu, v and r
    mean_error        D
    var_error         V
    spread            rho, the relative error of rstd
    """

    mean: np.ndarray
    var: np.ndarray
    rstd: np.ndarray
    mean_error: np.ndarray
    var_error: np.ndarray
    spread: np.ndarray


def scaled(magnitude: np.ndarray, error: np.ndarray, relative: np.ndarray) -> np.ndarray:
    """Return the error of a product: one factor off by `error`, the other by a relative amount."""
    return error + (magnitude + error) * relative


def both(first: np.ndarray | float, second: np.ndarray | float) -> np.ndarray | float:
    """Return the relative error of a product of two factors with relative errors."""
    return first + second + first * second


def of_batch(x: np.ndarray, eps: float, dtype: str) -> Moments:
    """Return the moments of x (c, N) as our kernels compute them in `dtype`."""
    size = np.abs(x).mean(1, keepdims=True)
    return _about(x, eps, dtype, gamma(x.shape[1] + 1, dtype) * size + SMALLEST_SUBNORMAL[dtype])


def of_batch_in_one_pass(x: np.ndarray, eps: float, dtype: str) -> Moments:
    """Return the moments of x (c, N) as `one_pass` computes them in `dtype`."""
    first = np.where(np.isfinite(x[:, :1]), x[:, :1], 0.0)
    return _about(x, eps, dtype, np.abs(x.mean(1, keepdims=True) - first))


def worse(a: Moments, b: Moments) -> Moments:
    """Return the moments of two algorithms on the same data, as far off as the worse of them."""
    errors = zip(a[3:], b[3:], strict=True)
    return Moments(*a[:3], *(np.maximum(*each) for each in errors))


def _about(x: np.ndarray, eps: float, dtype: str, shift: np.ndarray) -> Moments:
    """Return the moments computed from differences to a shift; `shift` is D1, or a bound of it."""
    count, u, eta = x.shape[1], UNIT_ROUNDOFF[dtype], SMALLEST_SUBNORMAL[dtype]
    mean, var, spread = _exact(x)
    error = gamma(count + 2, dtype) * (spread + shift) + eta
    mean_error = error + u * (np.abs(mean) + error)
    squares = gamma(count + 4, dtype) * (var + shift**2) + 2 * eta
    correction = error * (2 * shift + error) + u * (shift + error) ** 2 + eta
    off = squares + correction
    return _moments(mean, var, eps, mean_error, off + u * (var + off), dtype)


def of_batch_two_pass(x: np.ndarray, eps: float) -> Moments:
    """Return the moments of x (c, N) as PyTorch computes them in float64."""
    count, eta = x.shape[1], SMALLEST_SUBNORMAL["float64"]
    mean, var, _ = _exact(x)
    mean_error = gamma(count, "float64") * np.abs(x).mean(1, keepdims=True) + eta
    squares = var + mean_error**2
    var_error = mean_error**2 + gamma(count + 3, "float64") * squares + 2 * eta
    return _moments(mean, var, eps, mean_error, var_error, "float64")


def of_batch_by_squares(x: np.ndarray, eps: float) -> Moments:
    """Return the moments of x (c, N) as PyTorch's layer_norm computes them in float64."""
    count, eta = x.shape[1], SMALLEST_SUBNORMAL["float64"]
    mean, var, _ = _exact(x)
    mean_error = gamma(2 * count, "float64") * np.abs(x).max(1, keepdims=True) + eta
    squares = gamma(3 * count + 8, "float64") * 2 * (x**2).mean(1, keepdims=True)
    return _moments(mean, var, eps, mean_error, mean_error**2 + squares + 2 * eta, "float64")


def of_running(mean: np.ndarray, var: np.ndarray, eps: float, dtype: str) -> Moments:
    """Return the moments of running statistics (c,): exact except for rstd."""
    zero = np.zeros((len(mean), 1))
    return _moments(mean[:, None], var[:, None], eps, zero, zero, dtype)


def _exact(x: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return mu, v and M."""
    mean = x.mean(1, keepdims=True)
    deviation = x - mean
    var = (deviation**2).mean(1, keepdims=True)
    return mean, var, np.abs(deviation).mean(1, keepdims=True)


def _moments(
    mean: np.ndarray,
    var: np.ndarray,
    eps: float,
    mean_error: np.ndarray,
    var_error: np.ndarray,
    dtype: str,
) -> Moments:
    u = UNIT_ROUNDOFF[dtype]
    total = var + eps
    off = var_error + u * eps + u * (total + var_error + u * eps)
    lowest = np.minimum(eps * (1 - u) ** 2, total)  # a running variance may be negative
    below = np.minimum(off, total - lowest)
    x = below / (total - below)
    root = x / (np.sqrt(1 + x) + 1)  # sqrt(1 + x) - 1, without its cancellation
    spread = np.where(np.isinf(total), 0.0, both(root, gamma(2, dtype)))  # 1 / infinity is exact
    return Moments(mean, var, 1 / np.sqrt(total), mean_error, var_error, spread)
