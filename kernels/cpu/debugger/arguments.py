"""A launch's arguments as a kernel's Python takes them: numbers of the types of a compile.

So an int is an int64, a float a float64, and a float32 stays one.
"""

from typing import Any

import numpy as np
from numba.core import types
from numba.np.numpy_support import as_dtype

from .arrays import as_array
from .numbers import number


def as_numbers(values: tuple, kinds: tuple[types.Type, ...]) -> tuple:
    """Return the arguments as views of arrays, and numbers of these types."""
    return tuple(map(_converted, values, kinds))


def _converted(value: Any, kind: types.Type) -> Any:
    if isinstance(kind, types.BaseTuple):
        items = as_numbers(value, tuple(kind))
        return type(value)(*items) if hasattr(value, "_fields") else items
    if isinstance(value, np.ndarray):
        return as_array(value, getattr(kind.dtype, "in_python", None))
    if isinstance(value, np.void):
        return value.view((np.record, value.dtype))
    if hasattr(kind, "in_python"):  # a type of the user's own
        return kind.in_python(value)
    is_numbas = isinstance(kind, (types.Integer, types.Float, types.Complex))
    return number(np.asarray(value).astype(as_dtype(kind))[()]) if is_numbas else value
