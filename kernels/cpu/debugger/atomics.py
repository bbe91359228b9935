"""cuda.atomic: each returns the element's old value. No thread runs in between.

An operation that changes nothing may be polling a lock or a flag, so it lets other threads run.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from .thread import current


def _write(ary: np.ndarray, idx: Any, old: Any, new: Any) -> Any:
    ary[idx] = as_element(ary, new)
    if ary[idx] == old:
        current().leave()
    return old


def as_element(ary: np.ndarray, value: Any) -> Any:
    """Return the value as a number of the array's dtype, wrapped around like C's conversion."""
    return np.asarray(value).astype(ary.dtype)[()]


def _operation(name: str, update: Callable[[Any, Any], Any]) -> Callable:
    """Return the cuda.atomic function that stores update(old, value)."""

    def operation(ary: np.ndarray, idx: Any, val: Any) -> Any:
        old = ary[idx]
        if np.ndim(old):
            given = len(idx) if isinstance(idx, tuple) else 1
            raise TypeError(f"cuda.atomic.{name}: {given} indices for {ary.ndim} dimensions")
        return _write(ary, idx, old, update(old, as_element(ary, val)))

    operation.__name__ = operation.__qualname__ = name
    return operation


def cas(ary: np.ndarray, idx: Any, old: Any, val: Any) -> Any:
    """ary[idx] = val where it equals `old`."""
    found = ary[idx]
    is_equal = found == as_element(ary, old)
    return _write(ary, idx, found, as_element(ary, val) if is_equal else found)


def compare_and_swap(ary: np.ndarray, old: Any, val: Any) -> Any:
    """ary[0] = val where it equals `old`."""
    return cas(ary, 0, old, val)


def _nan_is_missing(better: Callable[[Any, Any], bool]) -> Callable[[Any, Any], Any]:
    """Return the update to the better number; a NaN in memory or as the value loses."""

    def update(old: Any, value: Any) -> Any:
        return value if value == value and (old != old or better(value, old)) else old

    return update


def _inc(old: Any, value: Any) -> Any:
    return old + 1 if old < value else 0


def _dec(old: Any, value: Any) -> Any:
    return value if old == 0 or old > value else old - 1


_UPDATES = {
    "add": operator.add,
    "sub": operator.sub,
    "max": lambda old, value: value if value > old else old,
    "min": lambda old, value: value if value < old else old,
    "nanmax": _nan_is_missing(operator.gt),
    "nanmin": _nan_is_missing(operator.lt),
    "and_": operator.and_,
    "or_": operator.or_,
    "xor": operator.xor,
    "exch": lambda old, value: value,
    "inc": _inc,
    "dec": _dec,
}
MEMBERS = {name: _operation(name, update) for name, update in _UPDATES.items()}
MEMBERS |= {"cas": cas, "compare_and_swap": compare_and_swap}
