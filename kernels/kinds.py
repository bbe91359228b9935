"""What a call's outcome depends on, beside the values in arrays: keys to remember it by.

Checks, the choice of an algorithm and the preparation of a launch come out the same for arguments
of the same kinds. So they are made once for each kind, and found again by its key. A key tells
apart what Python's `==` does not: True, 1 and 1.0, or 0.0 and -0.0.
"""

import sys
from collections.abc import Callable, Hashable, Iterable
from typing import Any, NoReturn

import numpy as np


class NoKind(Exception):
    """A value for which nothing is remembered."""


def no_kind(value: Any) -> NoReturn:
    """Raise NoKind."""
    raise NoKind


class Kinds(dict):
    """type -> what returns the kind of a value of this type: `kinds[type(value)](value)`.

    An integer is its own kind, a tuple has those of its items, and that of an array is all but its
    values. `own` tells of further types, `other` of those that nobody told of.
    """

    def __init__(
        self, own: dict[type, Callable[[Any], Hashable]], other: Callable[[Any], Hashable] = no_kind
    ) -> None:
        super().__init__({int: _itself, tuple: self._of_tuple} | own)
        self._other = other

    def __missing__(self, kind: type) -> Callable[[Any], Hashable]:
        """Enter a type at its first sight."""
        cupy = sys.modules.get("cupy")
        if issubclass(kind, tuple):
            self[kind] = self._of_tuple
        elif issubclass(kind, np.ndarray):
            self[kind] = _of_array
        elif cupy is not None and issubclass(kind, cupy.ndarray):
            self[kind] = _of_gpu_array
        else:
            self[kind] = self._other
        return self[kind]

    def _of_tuple(self, value: tuple) -> Hashable:
        for item in value:
            if type(item) is not int:
                return type(value), *[self[type(each)](each) for each in value]
        return value if type(value) is tuple else (type(value), *value)

    def of(self, values: Iterable) -> tuple[Hashable, ...]:
        """Return the kinds of all values."""
        return tuple([self[type(value)](value) for value in values])


def _itself(value: Any) -> Any:
    return value


def _of_array(array: Any) -> Hashable:
    return type(array), array.dtype, array.shape, array.strides


def _of_gpu_array(array: Any) -> Hashable:
    return type(array), array.dtype, array.shape, array.strides, array.data.device_id


class Remembered(dict):
    """key -> what was made for it. It begins anew when that is very many: shapes may never end."""

    def __setitem__(self, key: Hashable, made: Any) -> None:
        if len(self) >= 1024:
            self.clear()
        super().__setitem__(key, made)
