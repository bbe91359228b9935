"""Numbers of fewer than 64 bits, with numba's rules: arithmetic of integers has 64 bits.

NumPy's int32 + int32 is an int32, and its uint8(300) an error. In compiled code the first is an
int64, the second wraps around. Floats need nothing: float32 + float32 is a float32 in both.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

_BASES = (np.int8, np.int16, np.int32, np.uint8, np.uint16, np.uint32)
_BINARY = (
    *("add", "sub", "mul", "floordiv", "mod", "truediv", "pow"),
    *("lshift", "rshift", "and_", "or_", "xor"),
)


def _is_unsigned(value: Any) -> bool:
    return isinstance(value, np.unsignedinteger)


def _widened(value: Any, unsigned: bool) -> Any:
    """Return an integer as one of 64 bits; anything else as it is."""
    if isinstance(value, np.integer) and value.itemsize < 8:
        return np.uint64(value) if unsigned else np.int64(value)
    return np.int64(value) if type(value) in (bool, int) and value < 2**63 else value


def _operation(name: str, is_reflected: bool) -> Callable:
    compute = getattr(operator, name)

    def operation(self: Any, other: Any) -> Any:
        unsigned = _is_unsigned(self) and _is_unsigned(other)
        pair = _widened(self, unsigned), _widened(other, unsigned)
        return compute(*(pair[::-1] if is_reflected else pair))

    return operation


def _wrapped(base: type[np.integer]) -> Callable:
    return lambda cls, value=0: base.__new__(cls, np.asarray(value).astype(base))


def _class(base: type[np.integer]) -> type[np.integer]:
    members = {"__new__": _wrapped(base)}
    for name in _BINARY:
        plain = name.rstrip("_")
        members[f"__{plain}__"] = _operation(name, False)
        members[f"__r{plain}__"] = _operation(name, True)
    members["__neg__"] = lambda self: cls(-base(self)) if _is_unsigned(self) else -np.int64(self)
    members["__invert__"] = lambda self: ~_widened(self, _is_unsigned(self))
    cls = type(base.__name__, (base,), members)
    return cls


CLASSES = {base: _class(base) for base in _BASES}


def number(value: Any) -> Any:
    """Return a NumPy scalar as an element of an array is in a kernel."""
    cls = CLASSES.get(type(value))
    return value if cls is None else cls(value)
