"""Checks shared by every host wrapper: each names the argument, its value and what was expected.

All of them run before anything is allocated or launched, so bad input loses nothing.
"""

import operator
from collections.abc import Sequence
from typing import Any, NoReturn

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array

FLOATING = (np.float32, np.float64)


def reject(op: str, name: str, value: Any, expected: str, error: type = ValueError) -> NoReturn:
    """Raise `error` with the one wording all messages share."""
    raise error(f"{op}: {name} is {value!r}; expected {expected}")


def integer(op: str, name: str, value: Any, minimum: int | None = None) -> int:
    """Return `value` as an int of at least `minimum`. Raises TypeError or ValueError."""
    return _integer(op, name, value, minimum, value)


def pair(op: str, name: str, value: Any, minimum: int) -> tuple[int, int]:
    """Return (vertical, horizontal) from a number or a sequence of one or two, as PyTorch does."""
    items = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if len(items) not in (1, 2):
        reject(op, name, value, "one integer or a pair of integers")
    numbers = [_integer(op, name, item, minimum, value) for item in items]
    return numbers[0], numbers[-1]


def _integer(op: str, name: str, item: Any, minimum: int | None, value: Any) -> int:
    """Return `item`, which is `value` or one of its items; messages show the whole `value`."""
    what = "an integer" if item is value else "integers"
    expected = what if minimum is None else f"{what} of at least {minimum}"
    if isinstance(item, (bool, np.bool_)):
        reject(op, name, value, expected, TypeError)
    try:
        number = operator.index(item)
    except TypeError:
        reject(op, name, value, expected, TypeError)
    if minimum is not None and number < minimum:
        reject(op, name, value, expected)
    return number


def array(op: str, name: str, value: Any, ranks: tuple[int, ...], dtypes=FLOATING) -> Array:
    """Return `value` when it is a NumPy or CuPy array of one of the ranks and dtypes.

    Raises TypeError for another type or dtype, ValueError for another rank.
    """
    if arrays.device(value) is None:
        kind = f"{type(value).__module__}.{type(value).__qualname__}"
        reject(op, name, kind, "a NumPy or CuPy array", TypeError)
    if dtypes is not None and (value.dtype.type not in dtypes or not value.dtype.isnative):
        names = " or ".join(np.dtype(d).name for d in dtypes)
        shown = value.dtype.name if value.dtype.isnative else value.dtype.str
        reject(op, f"{name}.dtype", shown, f"{names} in this machine's byte order", TypeError)
    if value.ndim not in ranks:
        names = " or ".join(str(rank) for rank in ranks)
        reject(op, f"{name}.shape", value.shape, f"{names} dimensions")
    return value


def any_rank(op: str, name: str, value: Any, dtypes=FLOATING) -> Array:
    """Return `value` when it is an array of any rank, of one of the dtypes. Raises TypeError."""
    return array(op, name, value, (getattr(value, "ndim", 0),), dtypes)


def alike(op: str, **named: Array | None) -> None:
    """Require one device and one dtype of all the named arrays; None stands for one left out."""
    present = [(name, value) for name, value in named.items() if value is not None]
    first_name, first = present[0]
    for name, value in present[1:]:
        if arrays.device(value) != arrays.device(first):
            expected = f"{arrays.device(first)!r}, the device of {first_name}"
            reject(op, f"device of {name}", arrays.device(value), expected)
        if value.dtype != first.dtype:
            expected = f"{first.dtype.name}, the dtype of {first_name}"
            reject(op, f"{name}.dtype", value.dtype.name, expected, TypeError)


def shape(op: str, name: str, value: Array, expected: tuple[int, ...]) -> None:
    """Require exactly this shape."""
    if tuple(value.shape) != tuple(expected):
        reject(op, f"{name}.shape", tuple(value.shape), str(tuple(expected)))


def matching(op: str, name: str, value: Any, expected: tuple[int, ...], **like: Array) -> Array:
    """Return `value` when it is an array of exactly this shape, and otherwise as that in `like`.

    Raises TypeError or ValueError.
    """
    any_rank(op, name, value)
    alike(op, **like, **{name: value})
    shape(op, name, value, expected)
    return value


def output(
    op: str,
    out: Array | None,
    expected: tuple[int, ...],
    dtype: Any,
    like: Array,
    name: str = "out",
) -> Array:
    """Return `out` after checking it, or a new uninitialised array on the device of `like`.

    A given `out` may have any strides: kernels write through them.
    """
    if out is None:
        return arrays.empty(expected, dtype, like)
    array(op, name, out, (len(expected),), (np.dtype(dtype).type,))
    shape(op, name, out, expected)
    if isinstance(out, np.ndarray) and not out.flags.writeable:
        reject(op, f"{name}.flags.writeable", False, "True")
    if arrays.device(out) != arrays.device(like):
        expected = f"{arrays.device(like)!r}, the device of the input"
        reject(op, f"device of {name}", arrays.device(out), expected)
    return out
