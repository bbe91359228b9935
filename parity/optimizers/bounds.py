"""How far one step of an optimizer may be from PyTorch's in the same dtype.

Both are off the exact result of the formula by at most what rounded.py derives of it, so they are
within twice that of each other. An array that is given has no error: it is the same for both.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from crosscheck.parity.allowances import may_overflow
from crosscheck.parity.optimizers.formulas import FORMULAS
from crosscheck.parity.reference_call import Arrays
from crosscheck.parity.shared.rounded import Rounded, given, number


@dataclass(frozen=True)
class Sizes:
    """By result: how far off it may be, and its largest intermediate result."""

    bounds: Arrays
    intermediates: Arrays


def of_step(optimizer: str, before: Arrays, options: Mapping[str, Any], dtype: str) -> Sizes:
    """Return the sizes of a step from the arrays of `before`.

    `options` are all of the optimizer's arguments, and the numbers of its state at this step.
    """
    arrays = {name: given(each, dtype) for name, each in before.items()}
    p, g = arrays.pop("parameter"), arrays.pop("gradient")
    state = defaultdict(lambda: given(np.zeros(p.value.shape), dtype), arrays)
    after = FORMULAS[optimizer](p, g, state, options, partial(number, dtype=dtype))
    bounds = {name: 2 * each.error for name, each in after.items()}
    return Sizes(bounds, {name: _intermediate(each) for name, each in after.items()})


def _intermediate(result: Rounded) -> np.ndarray:
    """Return the largest intermediate result; infinity where one that overflows decides between NaN
    and a number: of a root of v - m * m, both large, where v is infinite in the dtype.
    """
    decides = np.isnan(result.value) & may_overflow(result.reach, result.dtype)
    return np.where(decides, np.inf, result.reach)
