"""How far a right answer may be from the exact one: derived from the arithmetic, never tuned.

Notation: u is the unit roundoff (2^-24 for float32, 2^-53 for float64), eta the smallest subnormal,
gamma(n) = n u / (1 - n u). One rounded operation gives fl(a o b) = (a o b)(1 + d), |d| <= u; a
product or quotient that underflows is off by at most eta instead (sums never underflow inexactly).
A term that went through m roundings carries a factor within 1 +- gamma(m). (Higham, "Accuracy and
Stability of Numerical Algorithms", chapter 3.)

Every number we check is a sum of n terms. In any order of summation, with or without FMA, tiles, or
zero terms added for padding (adding 0 is exact), no term passes more than n - 1 additions, so

    |computed - exact| <= gamma(m) T + n eta,  T = sum of |term|,  m = n - 1 + roundings per term,

n and T being what the same operation gives on all ones and on absolute values. What the terms of an
operator are, and how many roundings each goes through, is derived in its file in operators/.

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
    if np.isnan(limit).any():  # nothing exceeds it: a fault in the derivation, not in the kernel
        return np.inf, np.nan, np.inf, f"no bound: {where(np.isnan(limit), computed, exact)}"
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
