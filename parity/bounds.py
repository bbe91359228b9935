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

Arrays of 16 bits are read as float32 and computed with in float32, so u and eta are float32's for
them. `stored` adds the rounding of the result, v |result| + half the smallest subnormal of the
dtype, v being its unit roundoff: 2^-11 for float16, 2^-8 for bfloat16. A gradient may read an
output that was stored so.

Infinity and NaN must be where PyTorch has them in float64. A finite result of |exact| + bound at or
above OVERFLOW may be rounded to infinity; what an overflow on the way to a result may do is said in
allowances.py. Where nothing is rounded, a zero has PyTorch's sign: anywhere else the order of a sum
may decide it.
"""

from typing import NamedTuple

import numpy as np


class Format(NamedTuple):
    """What rounding to a format of numbers loses: the unit roundoff, the smallest subnormal, and
    from where on a number is rounded to infinity.
    """

    unit_roundoff: float
    smallest_subnormal: float
    overflow: float


LARGEST = float(np.finfo(np.float64).max)  # from where float64 overflows is itself no float64
_FLOAT32 = Format(2.0**-24, 2.0**-149, (2.0 - 2.0**-24) * 2.0**127)
_FLOAT64 = Format(2.0**-53, 2.0**-1074, LARGEST)
SHORT = {
    "float16": Format(2.0**-11, 2.0**-24, (2.0 - 2.0**-11) * 2.0**15),
    "bfloat16": Format(2.0**-8, 2.0**-133, (2.0 - 2.0**-8) * 2.0**127),
}

# Of the arithmetic for arrays of a dtype: kernels compute in float32 what they store in 16 bits.
_ARITHMETIC = {"float32": _FLOAT32, "float64": _FLOAT64, **dict.fromkeys(SHORT, _FLOAT32)}
UNIT_ROUNDOFF = {name: each.unit_roundoff for name, each in _ARITHMETIC.items()}
SMALLEST_SUBNORMAL = {name: each.smallest_subnormal for name, each in _ARITHMETIC.items()}
OVERFLOW = {name: each.overflow for name, each in _ARITHMETIC.items()}


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


def stored(limit: np.ndarray, exact: np.ndarray, dtype: str) -> np.ndarray:
    """Return the bound of a result that is rounded once more, to 16 bits, where it is written.

    What is exact before that is the exact result's own rounding.
    """
    if dtype not in SHORT:
        return limit
    u, eta, _ = SHORT[dtype]
    with np.errstate(invalid="ignore", over="ignore"):
        nearest = exact.astype(dtype).astype(np.float64)
        nearest = np.where(np.isfinite(nearest), np.abs(nearest - exact), 0.0)
        rounding = u * (np.abs(exact) + limit) + eta / 2
    return np.where(limit == 0.0, nearest, limit + np.where(np.isfinite(exact), rounding, 0.0))


def compare(
    computed: np.ndarray, exact: np.ndarray, limit: np.ndarray
) -> tuple[float, float, float, str]:
    """Return (error, bound, share, failure) of `computed`, which may be `limit` off `exact`.

    error and share are the largest of all elements, bound is the limit where share is largest.
    failure says where an element is outside its limit, where NaN or infinity are not those of
    `exact`, or where an exact zero has the wrong sign; "" if nowhere.
    """
    if exact.size == 0:
        return 0.0, 0.0, 0.0, ""
    ours, reference = computed.astype(np.float64), exact.astype(np.float64)
    finite = np.isfinite(reference)
    limit = np.where(finite, limit, 0.0)
    unknown = ~np.isfinite(limit)
    if unknown.any():  # nothing exceeds it: a mistake in the derivation, not in the kernel
        return np.inf, np.nan, np.inf, f"no bound: {where(unknown, computed, exact)}"
    special = differs(computed, exact, limit) & ~(finite & np.isfinite(ours))
    if special.any():
        return np.inf, 0.0, np.inf, f"NaN or infinity: {where(special, computed, exact)}"
    signs = np.signbit(ours) != np.signbit(reference)
    signs &= (ours == 0.0) & (reference == 0.0) & (limit == 0.0)
    if signs.any():
        return 0.0, 0.0, np.inf, f"sign of zero: {where(signs, computed, exact)}"
    both = finite & np.isfinite(ours)
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        error = np.abs(np.where(both, ours, 0.0) - np.where(both, reference, 0.0))
        share = np.where(error == 0.0, 0.0, error / limit)
    worst = np.unravel_index(int(share.argmax()), share.shape)
    failure = ""
    if share[worst] > 1.0:
        failure = f"outside the bound: {where(share > 1.0, computed, exact)}"
    return float(error.max()), float(limit[worst]), float(share[worst]), failure


def differs(computed: np.ndarray, exact: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Return where `computed` is neither within its limit nor the NaN or infinity of `exact`."""
    ours, reference, dtype = computed.astype(np.float64), exact.astype(np.float64), computed.dtype
    with np.errstate(invalid="ignore", over="ignore"):
        within = (ours == reference) | (np.abs(ours - reference) <= limit)
        largest = np.abs(reference) + limit
    short = SHORT.get(dtype.name)
    overflow = short.overflow if short else OVERFLOW[dtype.name]
    reached = largest > LARGEST if dtype == np.float64 else largest >= overflow
    infinite = np.isinf(ours) & (np.sign(ours) == np.sign(reference)) & reached
    return ~(within | infinite | (np.isnan(ours) & np.isnan(reference)))


def where(wrong: np.ndarray, computed: np.ndarray, exact: np.ndarray) -> str:
    """Return how many elements are wrong, and the first of them, for a message."""
    first = np.unravel_index(int(wrong.argmax()), exact.shape)
    place = tuple(int(i) for i in first)
    return (
        f"{int(wrong.sum())} of {wrong.size} elements, first at {place}: "
        f"{computed[place]} instead of {exact[place]}"
    )
