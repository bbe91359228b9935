"""How far a correct result may be from the exact one: derived from the arithmetic, never tuned.

Notation: u is the unit roundoff (2^-24 for float32, 2^-53 for float64), eta the smallest subnormal,
gamma(n) = n u / (1 - n u). One rounded operation gives fl(a o b) = (a o b)(1 + d), |d| <= u; a
product or quotient that underflows is off by at most eta instead (a sum never underflows
inexactly). A term that went through m roundings carries a factor within 1 +- gamma(m). (Higham,
"Accuracy and Stability of Numerical Algorithms", chapter 3.)

Most results are sums of n terms. In any order of summation, with or without FMA, tiles, or zeros
added for padding (adding 0 is exact), no term goes through more than n - 1 additions, so

    |computed - exact| <= gamma(m) T + n eta,  T = sum of |term|,  m = n - 1 + roundings per term.

n is what the same operator gives on all ones, T what it gives on absolute values. What the terms of
an operator are, and how often each is rounded, is derived in its own file in operators/.

"exact" is PyTorch in float64, itself a sum of the same n terms, hence off by gamma64(n) T. That is
added to the bound; and T, computed in float64 too, is divided by 1 - gamma64(n) to make up for its
own rounding.
"""

import numpy as np

UNIT_ROUNDOFF = {"float32": 2.0**-24, "float64": 2.0**-53}
SMALLEST_SUBNORMAL = {"float32": 2.0**-149, "float64": 2.0**-1074}


def gamma(n: np.ndarray | float, dtype: str) -> np.ndarray | float:
    """Return n u / (1 - n u), the largest relative error of n roundings in a row."""
    spread = n * UNIT_ROUNDOFF[dtype]
    return spread / (1.0 - spread)


def bound(terms: np.ndarray, magnitude: np.ndarray, dtype: str) -> np.ndarray:
    """Return, per element, the largest |computed - exact| that rounding explains.

    `terms` is n, the number of terms of the element's sum (0: the result is exact), `magnitude` is
    T, the sum of their absolute values; both float64.
    """
    reference = gamma(terms, "float64")
    relative = gamma(terms, dtype) + reference
    return relative * (magnitude / (1.0 - reference)) + terms * SMALLEST_SUBNORMAL[dtype]


def compare(
    computed: np.ndarray, exact: np.ndarray, limit: np.ndarray
) -> tuple[float, float, float, str]:
    """Return (error, bound, share, failure) of `computed`, which may be `limit` off `exact`.

    error and share are the largest of all elements, bound is the limit where share is largest.
    failure says where an element is outside its limit, or where NaN or infinity are not those of
    `exact`; "" if nowhere.
    """
    if exact.size == 0:
        return 0.0, 0.0, 0.0, ""
    ours, reference, limit = (each.astype(np.float64).ravel() for each in (computed, exact, limit))
    finite = np.isfinite(reference)
    if not finite.all():
        wrong = ~finite & (ours != reference) & ~(np.isnan(ours) & np.isnan(reference))
        if wrong.any():
            return np.inf, 0.0, np.inf, f"NaN or infinity: {where(wrong, computed, exact)}"
        ours, reference, limit = (np.where(finite, each, 0.0) for each in (ours, reference, limit))
    if np.isnan(limit).any():  # nothing exceeds it: a mistake in the derivation, not in the kernel
        return np.inf, np.nan, np.inf, f"no bound: {where(np.isnan(limit), computed, exact)}"
    error = np.abs(ours - reference)
    error[np.isnan(error)] = np.inf
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(error == 0.0, 0.0, error / limit)
    worst = int(share.argmax())
    failure = ""
    if share[worst] > 1.0:
        failure = f"outside the bound: {where(share > 1.0, computed, exact)}"
    return float(error.max()), float(limit[worst]), float(share[worst]), failure


def where(wrong: np.ndarray, computed: np.ndarray, exact: np.ndarray) -> str:
    """Return how many elements are wrong, and the first of them, for a message."""
    first = np.unravel_index(int(wrong.argmax()), exact.shape)
    place = tuple(int(i) for i in first)
    return (
        f"{int(wrong.sum())} of {wrong.size} elements, first at {place}: "
        f"{computed[place]} instead of {exact[place]}"
    )
