"""Arithmetic and comparisons of `index` in plain Python, as the debugger runs kernels.

Results wrap around, and a mix with another type is an error, as in compiled code.
"""

import operator
from typing import Any

import numpy as np

from crosscheck.kernels.index_type.number import NUMBERS, IndexNumber
from crosscheck.kernels.index_type.operators import COMPARISONS, SIGNS


def _define(cls: type[IndexNumber], base: type[np.generic], name: str, sign: str) -> None:
    compute = getattr(operator, name)

    def to_base(value: Any, left: Any, right: Any) -> np.generic:
        is_constant = type(value) is int and 0 <= value < 2**cls.type.bitwidth
        if not is_constant and type(value) is not cls:
            given = " ".join((_type_name(left), sign, _type_name(right)))
            expected = (
                f"two of {cls.type}, or one and a constant from 0 to 2^{cls.type.bitwidth} - 1"
            )
            raise TypeError(f"{given}; expected {expected}")
        return base(value)

    def result(left: Any, right: Any) -> Any:
        found = compute(to_base(left, left, right), to_base(right, left, right))
        return bool(found) if isinstance(found, np.bool_) else cls(found)

    plain = name.rstrip("_")
    setattr(cls, f"__{plain}__", lambda self, other: result(self, other))
    if plain not in COMPARISONS:
        setattr(cls, f"__r{plain}__", lambda self, other: result(other, self))


def _type_name(value: Any) -> str:
    return str(value.type) if isinstance(value, IndexNumber) else type(value).__name__


for _base, _class in NUMBERS.items():
    for _name, _sign in SIGNS.items():
        _define(_class, _base, _name, _sign)
