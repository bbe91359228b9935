"""CUDA's vector types in Python: numbers x, y, z, w of one dtype."""

from typing import Any

import numpy as np
from numba.np.numpy_support import as_dtype

from ..language import vectors
from .numbers import CLASSES as NUMBERS


class Vector(tuple):
    """A vector, made of numbers and shorter vectors. Its numbers are also its attributes."""

    base: type[np.generic]
    letters: tuple[str, ...]

    def __new__(cls, *given: Any) -> "Vector":
        """Raise TypeError unless there are as many numbers as the vector has."""
        numbers = []
        for item in given:
            is_vector = isinstance(item, (Vector, np.void))  # np.void: an array's element
            numbers += map(cls.base, item) if is_vector else [cls.base(item)]
        if len(numbers) != len(cls.letters):
            expected = f"{len(cls.letters)} numbers, or vectors that hold as many"
            raise TypeError(f"cuda.{cls.__name__} is given {given}; expected {expected}")
        return super().__new__(cls, numbers)

    def __getattr__(self, name: str) -> Any:
        if name not in self.letters:
            raise AttributeError(f"{type(self).__name__} has no {name!r}")
        return self[self.letters.index(name)]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(str, self))})"


def _class(kind: vectors.VectorType) -> type[Vector]:
    base = as_dtype(kind.base_type).type
    members = {"base": NUMBERS.get(base, base), "letters": kind.attr_names}
    return type(kind.name, (Vector,), members)


CLASSES = {name: _class(kind) for name, kind in vectors.VECTOR_TYPES.items()}
