"""Where a result may be another than PyTorch's: counted in a case's result, never silently.

- Overflow on the way, with special values. An intermediate result may overflow in one order of
  summation and not in another, or in float32 and not in the float64 of the exact result; infinity
  and NaN then follow from it. `Operator.intermediates` derives how large they get: T, for a sum.
  From 2^-9 below the largest number on (more than gamma(n) of any n up to 2^14) NaN and infinity
  are accepted; a finite result must still be within its bound. Where the intermediate is given as
  infinite, an overflow may also end in a wrong finite number (1 / infinity = 0), and anything is
  accepted; so it is in float64 where the bound, itself in float64, overflows (float32 has the same
  data to compare). In 16 bits any number may do: an output stored as infinity is no intermediate
  result of its own, but of a gradient that reads it.
- NaN. A kernel may fill what does not exist with zeros and multiply them: infinite or NaN factors
  then make NaN. One that subtracts numbers before it multiplies them may subtract infinities.
  `Operator.extra_nan` says where, exactly.
"""

from collections.abc import Mapping

import numpy as np

from crosscheck.parity.bounds import OVERFLOW, differs

Arrays = Mapping[str, np.ndarray]

SLACK = 1.0 + 2.0**-9


def stand_ins(arrays: Arrays) -> dict[str, np.ndarray]:
    """Return the arrays with 1 in place of NaN and infinity, to see what else may overflow."""
    return {
        name: np.where(np.isfinite(each), each, np.ones_like(each))
        if each.dtype.kind == "f"
        else each
        for name, each in arrays.items()
    }


def may_overflow(intermediate: np.ndarray, dtype: str) -> np.ndarray:
    """Return where intermediate results of this size may overflow in `dtype`."""
    with np.errstate(over="ignore"):
        return intermediate * SLACK >= OVERFLOW[dtype]


class Allowances:
    """What is allowed in one direction with one algorithm; counts what was made use of.

    `intermediates` and `extra_nan` are arrays by result: see `Operator`.
    """

    def __init__(self, intermediates: Arrays, extra_nan: Arrays) -> None:
        self._intermediates, self._extra_nan = intermediates, extra_nan
        self.overflowed = self.extra_nan = 0

    def compared(
        self, name: str, computed: np.ndarray, exact: np.ndarray, limit: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return the three arrays of the result `name`, all 0 where any value is allowed."""
        wrong = differs(computed, exact, np.where(np.isfinite(limit), limit, 0.0))
        filled = self._extra_nan.get(name, False) & np.isnan(computed)
        self.extra_nan += int((wrong & filled).sum())
        intermediate = np.asarray(self._intermediates.get(name, 0.0))
        intermediate = np.where(np.isnan(intermediate), np.inf, intermediate)  # infinity times 0
        reached = may_overflow(intermediate, computed.dtype.name)
        anything = np.isinf(intermediate)
        if computed.dtype == np.float64:
            anything = anything | ~np.isfinite(limit) & np.isfinite(exact)
        overflowed = anything | (reached & ~np.isfinite(computed))
        self.overflowed += int((wrong & overflowed & ~filled).sum())
        allowed = (wrong & (filled | overflowed)) | anything
        zero = computed.dtype.type(0)
        return tuple(np.where(allowed, zero, each) for each in (computed, exact, limit))
