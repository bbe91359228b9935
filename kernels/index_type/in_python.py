"""Arithmetic and comparisons of `index` in plain Python, as the debugger runs kernels.

Results wrap around, and a mix with another type is an error, as in compiled code.
"""

import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from crosscheck.kernels.index_type.number import TYPES, IndexType
from crosscheck.kernels.index_type.operators import COMPARISONS, SIGNS


def _operation(own: IndexType, base: type[np.unsignedinteger], name: str, sign: str) -> Callable:
    """Return the operator on two numbers, at least one of them an index."""
    compute = getattr(operator, name)

    def checked(value: Any, left: Any, right: Any) -> np.unsignedinteger:
        is_constant = type(value) is int and 0 <= value < 2**own.bitwidth
        if not is_constant and type(value) is not own.in_python:
            expected = f"two of {own}, or one and a constant from 0 to 2^{own.bitwidth} - 1"
            raise TypeError(f"{_name(left)} {sign} {_name(right)}; expected {expected}")
        return base(value)

    def operation(left: Any, right: Any) -> Any:
        found = compute(checked(left, left, right), checked(right, left, right))
        return bool(found) if name in COMPARISONS else own.in_python(found)

    return operation


def _name(value: Any) -> str:
    return str(getattr(value, "_numba_type_", type(value).__name__))


def _class(own: IndexType, base: type[np.unsignedinteger]) -> type:
    members = {"_numba_type_": own, "__hash__": base.__hash__}
    for name, sign in SIGNS.items():
        operation, plain = _operation(own, base, name, sign), name.rstrip("_")
        members[f"__{plain}__"] = operation
        if name not in COMPARISONS:
            members[f"__r{plain}__"] = lambda self, other, of=operation: of(other, self)
    return type(str(own), (base,), members)


for _base, _type in TYPES.items():
    _type.in_python = _class(_type, _base)
