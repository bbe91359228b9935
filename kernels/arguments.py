"""Checks shared by every host wrapper: each names the argument, its value and what was expected.

All of them run before anything is allocated or launched, so bad input loses nothing.
"""

import operator
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import numpy as np

from crosscheck.kernels.arrays import Array, Facts, facts
from crosscheck.kernels.dtypes import FLOATING, computed


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


def single(op: str, name: str, value: Any, minimum: int) -> tuple[int]:
    """Return (number,) from a number or a sequence of one, as PyTorch does for signals."""
    items = list(value) if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    if len(items) != 1:
        reject(op, name, value, "one integer")
    return (_integer(op, name, items[0], minimum, value),)


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


def size(op: str, name: str, value: Any) -> tuple[int, ...]:
    """Return an array's size given as a sequence of integers. Raises TypeError or ValueError."""
    if not isinstance(value, Sequence) or isinstance(value, str):
        reject(op, name, value, "a sequence of integers of at least 0", TypeError)
    return tuple(integer(op, f"{name}[{axis}]", extent, 0) for axis, extent in enumerate(value))


def extent(op: str, name: str, value: Any) -> Any:
    """Return an extent of at least 0, unchanged: it may be a compiler's symbol.

    Raises TypeError or ValueError.
    """
    expected = "an integer of at least 0"
    if isinstance(value, (bool, np.bool_)) or not hasattr(value, "__index__"):
        reject(op, name, value, expected, TypeError)
    if value < 0:
        reject(op, name, value, expected)
    return value


def rank(op: str, name: str, value: Sequence[int], ranks: tuple[int, ...]) -> None:
    """Require one of these numbers of dimensions of a size. Raises ValueError."""
    if len(value) not in ranks:
        names = " or ".join(str(rank) for rank in ranks)
        reject(op, name, tuple(value), f"{names} dimensions")


def axis(op: str, name: str, value: Any, rank: int) -> int:
    """Return a dimension of an array counted from 0. Raises IndexError or TypeError."""
    number, limit = integer(op, name, value), max(rank, 1)  # without dimensions it takes 0 and -1
    if not -limit <= number < limit:
        reject(op, name, value, f"a dimension of {-limit} to {limit - 1}", IndexError)
    return number % limit


def no_array(op: str, name: str, kind: type) -> NoReturn:
    """Raise TypeError for a value that is no array."""
    reject(op, name, f"{kind.__module__}.{kind.__qualname__}", "a NumPy or CuPy array", TypeError)


def either(dtypes: Sequence[Any]) -> str:
    """Return the names of dtypes as a message has them: "int64, float32 or float64"."""
    *before, last = [np.dtype(each).name for each in dtypes]
    return " or ".join([*([", ".join(before)] if before else []), last])


def dtype(op: str, name: str, value: np.dtype, allowed: Sequence[type] = FLOATING) -> None:
    """Require one of these dtypes, in native byte order. Raises TypeError."""
    if value.type not in allowed or not value.isnative:
        shown = value.name if value.isnative else value.str
        expected = f"{either(allowed)} in this machine's byte order"
        reject(op, f"{name}.dtype", shown, expected, TypeError)


def alike(
    op: str,
    named: Mapping[str, Facts],
    integers: Mapping[str, Sequence[type]] | None = None,
    computing: Sequence[str] = (),
    mixed: Sequence[str] = (),
) -> Facts:
    """Return the facts of the first floating array; require one device, and its dtype of all.

    But `integers` maps the arrays that hold integers to their dtypes. Those named in `computing`
    have the dtype that kernels compute in, those in `mixed` that or the first's. Where there is an
    input, the others have to follow it. Raises TypeError or ValueError.
    """
    integers = integers or {}
    floating = [name for name in named if name not in integers]
    leading = [name for name in floating if name not in (*computing, *mixed)] or floating
    first_name = "input" if "input" in leading else leading[0]
    first = named[first_name]
    for name, each in named.items():
        dtype(op, name, each.dtype, integers.get(name, FLOATING))
        if each.device != first.device:
            expected = f"{first.device!r}, the device of {first_name}"
            reject(op, f"device of {name}", each.device, expected)
        if name in integers:
            continue
        allowed = [computed(first.dtype)] if name in computing else [first.dtype]
        if name in mixed:
            allowed += [computed(first.dtype)]
        if each.dtype not in allowed:
            beside = f"beside {first_name} of {first.dtype.name}"
            if set(allowed) == {first.dtype}:
                beside = f"the dtype of {first_name}"
            expected = f"{either(dict.fromkeys(allowed))}, {beside}"
            reject(op, f"{name}.dtype", each.dtype.name, expected, TypeError)
    return first


def writable(op: str, name: str, value: Array) -> None:
    """Require an array that may be written. Raises ValueError."""
    if isinstance(value, np.ndarray) and not value.flags.writeable:
        reject(op, f"{name}.flags.writeable", False, "True")


def output(op: str, name: str, value: Any, expected: Sequence[int], kind: Any, device: str) -> None:
    """Require an array that takes a result of this size, dtype and device; any strides will do.

    Raises TypeError or ValueError.
    """
    found = facts(value) or no_array(op, name, type(value))
    dtype(op, name, found.dtype, (np.dtype(kind).type,))
    shape(op, name, found, expected)
    writable(op, name, value)
    if found.device != device:
        reject(op, f"device of {name}", found.device, f"{device!r}, the device of the input")


def shape(op: str, name: str, value: Array | Facts, expected: Sequence[int]) -> None:
    """Require exactly this shape."""
    if tuple(value.shape) != tuple(expected):
        reject(op, f"{name}.shape", tuple(value.shape), str(tuple(expected)))
