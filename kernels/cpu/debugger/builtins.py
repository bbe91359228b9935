"""Python's functions in kernels, with results of the types that compiled code has.

A number type of the user's own, a subclass of a NumPy scalar, wins over constants beside it.
"""

import builtins
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np


def _own_kind(values: tuple) -> type | None:
    """Return the first type that is a subclass of a NumPy scalar and not NumPy's."""
    kinds = (type(value) for value in values if isinstance(value, np.generic))
    return next((kind for kind in kinds if kind.__module__ != "numpy"), None)


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


MEANINGS = {
    "range": range_,
    "min": _extremum(min, np.fmin),
    "max": _extremum(max, np.fmax),
    "int": np.int64,
    "float": np.float64,
    "len": lambda value: np.int64(len(value)),
}
