"""A named problem of an operator. Suites make cases of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from crosscheck.parity.case import ALL_DTYPES, DTYPES, Case, Shape


@dataclass(frozen=True, eq=False)
class Problem:
    """A case without its suite: see `Case` for the fields."""

    op: str
    name: str
    reason: str
    inputs: Mapping[str, Shape | np.ndarray]
    options: Mapping[str, Any] = field(default_factory=dict)
    layout: str = "contiguous"
    values: str = "normal"
    rejects: str = ""
    special: Mapping[str, str] = field(default_factory=dict)

    def case(self, suite: str) -> Case:
        """Return the problem as a case of `suite`."""
        dtypes = DTYPES[:1] if self.rejects else ALL_DTYPES
        return Case(suite=suite, dtypes=dtypes, **vars(self))


def rejected(op: str, wrong: str, inputs: Mapping[str, np.ndarray], **options: Any) -> Problem:
    """Return a problem of bad input. `wrong` says what is wrong with it, and makes its name."""
    name = "rejects-" + wrong.replace(" ", "-")
    return Problem(op, name, f"bad input: {wrong}", inputs, options, rejects=wrong)


def zeros(*shape: int, dtype: str = "float32") -> np.ndarray:
    """Return an array for bad input, whose values do not matter."""
    return np.zeros(shape, dtype)
