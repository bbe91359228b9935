"""Numbers with a bound of their rounding error, which formulas carry along: running error analysis.

A formula of `Rounded` numbers gives its result in float64 and, beside it, how far off the same
formula may be where each step is rounded to a dtype (Higham, "Accuracy and Stability of Numerical
Algorithms", section 3.3). Notation as in bounds.py. v is the exact value of a step and e the bound
of its error; a and b are the operands, ea and eb the bounds of theirs:

    a + b, a - b   e = ea + eb                                            then e + u (|v| + e)
    a * b          e = |a| eb + |b| ea + ea eb                            then also + eta,
    a / b          e = (ea + |v| eb) / (|b| - eb)                         but for an exact 0
    f(a)           e = the most that f changes from a to a +- ea          then e + 2 k u (|v| + e)
                                                                               + k eta, k ulps

An exact 0 times what may be of either sign is a 0 of either sign: eta stands for that. What is
infinite is so in every dtype. An fma only leaves a rounding out. A comparison of exact numbers goes
as the exact one does; `select` is told where that of others may go either way, and covers both.

The ulps are assumptions: those that NVIDIA states for float32 and float64 (CUDA C++ Programming
Guide, "Mathematical Functions"), but at least 2. The GNU C library states no more for its own
(manual, "Known Maximum Errors in Math Functions"). A test measures ours on the CPU.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from crosscheck.kernels.dtypes import computed
from crosscheck.parity.bounds import SHORT, SMALLEST_SUBNORMAL, UNIT_ROUNDOFF, gamma, stored

ULPS = {"erfc": 5, "pow": 4}
OTHERS = 2  # exp, expm1, log, log1p, tanh

_erfc = np.vectorize(math.erfc, otypes=[np.float64])


@dataclass(frozen=True, eq=False)
class Rounded:
    """value, and the bound `error` of what it is off in `dtype`; all arrays are float64.

    `reach` is how large the results on the way to it get in magnitude, itself included; 0 for what
    is given. `before` is the same without itself.
    """

    value: np.ndarray
    error: np.ndarray
    dtype: str
    reach: np.ndarray | float = 0.0
    before: np.ndarray | float = 0.0

    def __add__(self, other: "Rounded | float") -> "Rounded":
        other = self._as_number(other)
        return self._of(self.value + other.value, self.error + other.error, 1, 0, self, other)

    def __sub__(self, other: "Rounded | float") -> "Rounded":
        return self + -self._as_number(other)

    def __mul__(self, other: "Rounded | float") -> "Rounded":
        other = self._as_number(other)
        error = _product(abs(self.value), other.error) + _product(abs(other.value), self.error)
        error = error + self.error * other.error
        exact = self._is_zero() & ~other._may_be_zero() | other._is_zero() & ~self._may_be_zero()
        etas = np.where(exact, 0, 1)
        return self._of(self.value * other.value, error, 1, etas, self, other)

    def __truediv__(self, other: "Rounded | float") -> "Rounded":
        other = self._as_number(other)
        value = self.value / other.value
        error = self.error + _product(abs(value), other.error)
        error = np.where(error == 0.0, 0.0, error / (abs(other.value) - other.error))
        return self._of(value, error, 1, np.where(self._is_zero(), 0, 1), self, other)

    def __radd__(self, other: float) -> "Rounded":
        return self + other

    def __rsub__(self, other: float) -> "Rounded":
        return self._as_number(other) - self

    def __rmul__(self, other: float) -> "Rounded":
        return self * other

    def __rtruediv__(self, other: float) -> "Rounded":
        return self._as_number(other) / self

    def __neg__(self) -> "Rounded":
        return Rounded(-self.value, self.error, self.dtype, self.reach, self.before)

    def __abs__(self) -> "Rounded":
        return Rounded(abs(self.value), self.error, self.dtype, self.reach, self.before)

    def _is_zero(self) -> np.ndarray:
        """Return where it is exactly 0, in whatever dtype: a product with it is no underflow."""
        return (self.value == 0.0) & (self.error == 0.0)

    def _may_be_zero(self) -> np.ndarray:
        """Return where rounding decides whether it is 0, or on which side of it."""
        return (abs(self.value) <= self.error) & (self.error > 0.0)

    def _as_number(self, value: "Rounded | float") -> "Rounded":
        return value if isinstance(value, Rounded) else constant(value, self.dtype)

    def _of(
        self,
        value: np.ndarray,
        error: np.ndarray,
        roundings: int,
        etas: np.ndarray | int,
        *operands: "Rounded",
    ) -> "Rounded":
        """Return a result, rounded so often; a subnormal one is off by so many eta."""
        u, eta = UNIT_ROUNDOFF[self.dtype], SMALLEST_SUBNORMAL[self.dtype]
        before = operands[0].reach
        for each in operands[1:]:
            before = np.fmax(before, each.reach)
        error = error + roundings * u * (abs(value) + error) + etas * eta
        error = np.where(np.isinf(value), 0.0, error)
        return Rounded(value, error, self.dtype, np.fmax(before, abs(value)), before)


def given(array: np.ndarray, dtype: str) -> Rounded:
    """Return an array that the kernel is given: without an error."""
    return Rounded(array.astype(np.float64), np.zeros(array.shape), dtype)


def number(value: float, dtype: str) -> Rounded:
    """Return an option, a float64 that is rounded to the dtype."""
    value = np.float64(value)
    error = abs(computed(dtype).type(value).astype(np.float64) - value)
    return Rounded(value, np.where(np.isfinite(value), error, 0.0), dtype)


def constant(value: float, dtype: str) -> Rounded:
    """Return a number of the formula; one that is no integer was rounded to float64 before."""
    found = number(value, dtype)
    before = (found.value % 1 != 0) * UNIT_ROUNDOFF["float64"] * abs(found.value)
    return Rounded(found.value, found.error + before, dtype)


def read_back(a: Rounded) -> Rounded:
    """Return a result as what reads it later has it: of 16 bits, rounded once more.

    One that may be stored as infinity reaches that far.
    """
    form = SHORT.get(a.dtype)
    if form is None:
        return a
    error = np.where(np.isinf(a.value), 0.0, stored(a.error, a.value, a.dtype))
    reach = np.where(abs(a.value) + error >= form.overflow, np.inf, a.reach)
    return Rounded(a.value, error, a.dtype, reach, a.before)


def exp(a: Rounded) -> Rounded:
    value = np.exp(a.value)
    changed = np.where(a.error < 1, value * np.expm1(a.error), np.exp(a.value + a.error))
    return _function("exp", a, value, changed)


def expm1(a: Rounded) -> Rounded:
    return _function("expm1", a, np.expm1(a.value), np.exp(a.value) * np.expm1(a.error))


def log(a: Rounded) -> Rounded:
    return _function("log", a, np.log(a.value), -np.log1p(-a.error / abs(a.value)))


def log1p(a: Rounded) -> Rounded:
    return _function("log1p", a, np.log1p(a.value), -np.log1p(-a.error / (1 + a.value)))


def tanh(a: Rounded) -> Rounded:
    least = np.fmax(abs(a.value) - a.error, 0.0)  # where it is the steepest
    return _function("tanh", a, np.tanh(a.value), a.error / np.cosh(np.fmin(least, 350.0)) ** 2)


def erfc(a: Rounded) -> Rounded:
    return _function("erfc", a, _erfc(a.value), a.error * _steepest_normal(a))


def _steepest_normal(a: Rounded) -> np.ndarray:
    """Return the largest slope of erf and erfc within the error of a."""
    least = np.fmax(abs(a.value) - a.error, 0.0)
    return 2 / math.sqrt(math.pi) * np.exp(-(least**2))


def erf(a: Rounded) -> Rounded:
    return _function("erf", a, 1 - _erfc(a.value), a.error * _steepest_normal(a))


def sqrt(a: Rounded) -> Rounded:
    """A root is correctly rounded, as a sum is, and never subnormal.

    Of a number off by e it is off by at most sqrt(e), where the number is 0. A negative number is
    taken for 0 where it may be one.
    """
    number = np.where(a.value + a.error < 0.0, a.value, np.maximum(a.value, 0.0))
    value = np.sqrt(number)
    changed = a.error / (value + np.sqrt(np.fmax(number - a.error, 0.0)))
    changed = np.fmin(changed, np.sqrt(a.error))
    return a._of(value, np.where(a.error == 0.0, 0.0, changed), 1, 0, a)


def power(a: Rounded, exponent: Rounded) -> Rounded:
    """The error of the exponent counts log|a| times, and the relative one of a exponent times.

    Where a may be 0 its power is between 0 and that of |a| + ea, or without a bound. Whatever a is,
    its power of an exact 0 is 1 (IEEE 754, pow).
    """
    size, most = abs(a.value), abs(exponent.value) + exponent.error
    value = np.power(a.value, exponent.value)
    apart = -np.log1p(-np.fmin(a.error / size, 1.0))  # of log|a|, on the side of 0
    apart = exponent.error * abs(np.log(size)) + most * apart  # of the power's logarithm
    grown = np.exp(exponent.value * np.log(size) + apart)  # no 0 times infinity
    lost = np.where(apart < 1, abs(value) * np.expm1(apart), grown)
    largest = size + a.error
    largest = largest**exponent.value * np.exp(exponent.error * abs(np.log(largest)))
    lost = np.where(a.error < size, lost, np.where(exponent.value > 0, largest, np.inf))
    given = (a.error == 0.0) & ((exponent.error == 0.0) | (size == 0.0))
    given |= (exponent.value == 0.0) & (exponent.error == 0.0)
    lost = np.where(given | np.isinf(size), 0.0, lost)
    found = a._of(value, lost, 2 * ULPS["pow"], ULPS["pow"], a, exponent)
    exact = np.isinf(size) & (abs(exponent.value) > exponent.error)  # infinity or 0: no underflow
    return replace(found, error=np.where(exact, 0.0, found.error))


def added(a: Rounded, terms: Callable[[np.ndarray], np.ndarray]) -> Rounded:
    """Return sums of elements, in any order: |v| <= T, and no partial sum is larger.

    `terms` puts the elements of an array along a first axis, which is summed, and zeros where a sum
    has fewer.
    """
    value = terms(a.value).sum(0)
    size, error, count = (
        terms(each).sum(0) for each in (abs(a.value), a.error, np.ones_like(a.value))
    )
    error = error + gamma(np.maximum(count - 1, 0), a.dtype) * (size + error)
    error = np.where(np.isfinite(value), error, 0.0)
    reach = terms(np.broadcast_to(a.reach, a.value.shape)).max(0, initial=0.0)
    reach = np.fmax(size, reach)
    return Rounded(value, error, a.dtype, reach, reach)


def anything(a: Rounded, where: np.ndarray) -> Rounded:
    """Return a, from which any number may follow where the condition holds."""
    return Rounded(a.value, a.error, a.dtype, np.where(where, np.inf, a.reach), a.before)


def select(where: np.ndarray, a: Rounded, b: Rounded, unsure: np.ndarray | bool = False) -> Rounded:
    """Return a where the condition holds, else b; either, where it is `unsure`."""
    both = np.fmax(a.error, b.error) + abs(a.value - b.value)
    error = np.where(unsure, both, np.where(where, a.error, b.error))
    reach, before = (np.where(where, *pair) for pair in ((a.reach, b.reach), (a.before, b.before)))
    return Rounded(np.where(where, a.value, b.value), error, a.dtype, reach, before)


def _product(size: np.ndarray, error: np.ndarray) -> np.ndarray:
    """Return how far off a product is for the error of a factor: not at all where that is exact."""
    return np.where(error == 0.0, 0.0, size * error)


def _function(name: str, a: Rounded, value: np.ndarray, changed: np.ndarray) -> Rounded:
    ulps = ULPS.get(name, OTHERS)
    return a._of(value, np.where(a.error == 0.0, 0.0, changed), 2 * ulps, ulps, a)
