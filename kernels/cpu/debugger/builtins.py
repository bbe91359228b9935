"""Python's functions in kernels, with results of the types that compiled code has.

A number of a type of the user's own wins over constants beside it.
"""

import builtins
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from .compiled import compiled


def _own_kind(values: tuple) -> type | None:
    """Return the class of the first number of the user's own."""
    return next((type(value) for value in values if hasattr(value, "_numba_type_")), None)


class range_:  # noqa: N801  it stands for a builtin
    """A range of np.int64, or of the user's own type."""

    def __init__(self, *bounds: Any) -> None:
        self._kind = _own_kind(bounds) or np.int64
        self._numbers = builtins.range(*map(int, bounds))

    def __iter__(self) -> Iterator[Any]:
        return map(self._kind, self._numbers)

    def __len__(self) -> int:
        return len(self._numbers)


def _extremum(builtin: Callable, numpys: Callable) -> Callable:
    """Return min or max, where a number wins over a NaN."""

    def extremum(*values: Any) -> Any:
        kind = _own_kind(values)
        if kind is not None:
            return kind(builtin(values))
        if len(values) == 2 and any(isinstance(value, np.inexact) for value in values):
            return numpys(*values)
        return builtin(*values)

    extremum.__name__ = extremum.__qualname__ = builtin.__name__
    return extremum


_round = compiled("round", round)


def _rounded(value: Any, *digits: int) -> Any:
    return (_round if isinstance(value, np.floating) else round)(value, *digits)


MEANINGS = {
    "range": range_,
    "min": _extremum(min, np.fmin),
    "max": _extremum(max, np.fmax),
    "int": np.int64,
    "float": np.float64,
    "round": _rounded,
    "len": lambda value: np.int64(len(value)),
}
