"""A launch's arguments as a kernel's Python takes them: NumPy's numbers, of the types of a compile.

So an int is an int64, a float a float64, and a float32 stays one.
"""

from typing import Any

from numba.core import types
from numba.np.numpy_support import as_dtype


def as_numbers(values: tuple, kinds: tuple[types.Type, ...]) -> tuple:
    """Return the arguments as NumPy's numbers of these types; arrays stay as they are."""
    return tuple(map(_as_number, values, kinds))


def _as_number(value: Any, kind: types.Type) -> Any:
    if isinstance(kind, types.BaseTuple):
        items = as_numbers(value, tuple(kind))
        return type(value)(*items) if hasattr(value, "_fields") else items
    is_numbas = isinstance(kind, (types.Integer, types.Float, types.Complex))
    return as_dtype(kind).type(value) if is_numbas else value
