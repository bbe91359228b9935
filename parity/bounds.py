"""How far a right answer may be from the exact one: derived from the arithmetic, never tuned.

Notation: u is the unit roundoff (2^-24 for float32, 2^-53 for float64), eta the smallest subnormal,
gamma(n) = n u / (1 - n u). One rounded operation gives fl(a o b) = (a o b)(1 + d), |d| <= u; a
product or quotient that underflows is off by at most eta instead (sums never underflow inexactly).
A term that went through m roundings carries a factor within 1 +- gamma(m). (Higham, "Accuracy and
Stability of Numerical Algorithms", chapter 3.)

Every number we check is a sum of n terms. In any order of summation, with or without FMA, tiles, or
zero terms added for padding (adding 0 is exact), no term passes more than n - 1 additions, so

    |computed - exact| <= gamma(m) T + n eta,  T = sum of |term|,  m = n - 1 + roundings per term

by operator and direction, n and T being what the same operation gives on all ones and on absolute
values:

- conv2d forward: n products of x w, plus the bias as one more term. Each product is one rounding:
  m = n.
- conv2d input gradient: n products of g w, over the (k, p, q) whose window holds the pixel: m = n.
- conv2d weight gradient: n products of x g, over the (n, p, q) whose pixel is inside: m = n.
- conv2d bias gradient: n output gradients added up, no product: m = n - 1, bounded by n.
- avg_pool2d forward: n pixels added up exactly as they are, then one division by the divisor:
  m = n. Here n counts pixels inside the image (padding adds zeros), T = |sum of |x| / divisor|.
- avg_pool2d input gradient: n quotients g / divisor, one rounding each, over the windows that hold
  the pixel: m = n.
- max_pool2d forward and its indices: a choice among the inputs, nothing is rounded: n = 0.
- max_pool2d input gradient: n output gradients added up, over the windows that chose the pixel:
  m = n - 1, bounded by n; n and T follow from the truth's indices. A pixel that no window chose has
  n = 0 and must be exactly 0.
- relu forward and input gradient: each output is an input, or 0: n = 0.

"exact" is PyTorch in float64, itself a sum of the same n terms, hence off by gamma64(n) T; that is
added, and T, computed in float64 too, is divided by 1 - gamma64(n) to make up for its own rounding.
"""

import numpy as np

UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}
SMALLEST_SUBNORMAL = {"float32": 2.0**-149, "float64": 2.0**-1074}


def gamma(n: np.ndarray | float, dtype: str) -> np.ndarray | float:
    """Return n u / (1 - n u): the worst relative effect of n roundings in a row."""
    spread = n * UNIT_ROUNDOFF[dtype]
    return spread / (1.0 - spread)


def bound(terms: np.ndarray, magnitude: np.ndarray, dtype: str) -> np.ndarray:
    """Return, per element, the largest |computed - exact| that rounding explains.

    `terms` is n, the number of terms of the element's sum (0: the result is exact), `magnitude` is
    T, the sum of their absolute values; both float64.
    """
    truth = gamma(terms, "float64")
    relative = gamma(terms, dtype) + truth
    return relative * (magnitude / (1.0 - truth)) + terms * SMALLEST_SUBNORMAL[dtype]


def scattered(
    indices: np.ndarray, weights: np.ndarray, input_shape: tuple[int, ...]
) -> tuple[np.ndarray, np.ndarray]:
    """Return (n, T) of max_pool2d's input gradient.

    Per pixel that is how many windows chose it, and the sum of |weights| over them. `indices` are
    PyTorch's: flat in the h*w plane of their own channel.
    """
    plane = input_shape[-2] * input_shape[-1]
    planes = int(np.prod(input_shape[:-2]))
    outputs = indices.shape[-2] * indices.shape[-1]
    flat = (indices.reshape(planes, outputs) + plane * np.arange(planes)[:, None]).ravel()
    size = planes * plane
    terms = np.bincount(flat, minlength=size).astype(np.float64)
    magnitude = np.bincount(flat, weights=np.abs(weights, dtype=np.float64).ravel(), minlength=size)
    return terms.reshape(input_shape), magnitude.reshape(input_shape)


def compare(
    computed: np.ndarray, exact: np.ndarray, limit: np.ndarray
) -> tuple[float, float, float, str]:
    """Return (error, bound, share, complaint) of `computed` against `exact` (float64).

    error and share are the largest over the elements, bound is the limit where share is largest.
    NaN and infinity must stand in the same places with the same sign, or complaint says where.
    """
    if exact.size == 0:
        return 0.0, 0.0, 0.0, ""
    wide, truth, limit = (each.astype(np.float64).ravel() for each in (computed, exact, limit))
    finite = np.isfinite(truth)
    if not finite.all():
        wrong = ~finite & (wide != truth) & ~(np.isnan(wide) & np.isnan(truth))
        if wrong.any():
            return np.inf, 0.0, np.inf, f"NaN or infinity: {where(wrong, computed, exact)}"
        wide, truth, limit = (np.where(finite, each, 0.0) for each in (wide, truth, limit))
    error = np.abs(wide - truth)
    error[np.isnan(error)] = np.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(error == 0.0, 0.0, error / limit)
    worst = int(share.argmax())
    complaint = ""
    if share[worst] > 1.0:
        complaint = f"outside the bound: {where(share > 1.0, computed, exact)}"
    return float(error.max()), float(limit[worst]), float(share[worst]), complaint


def where(wrong: np.ndarray, computed: np.ndarray, exact: np.ndarray) -> str:
    """Return how many elements are wrong and the first of them, for a message."""
    first = np.unravel_index(int(wrong.argmax()), exact.shape)
    place = tuple(int(i) for i in first)
    return (
        f"{int(wrong.sum())} of {wrong.size} elements, first at {place}: "
        f"{computed[place]} instead of {exact[place]}"
    )
