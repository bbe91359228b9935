"""The numba types of a launch's arguments, and a quick key that tells them apart."""

import enum
import reprlib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

import numpy as np
from numba import typeof
from numba.core import types
from numba.core.errors import NumbaError
from numba.np.numpy_support import from_dtype

from ..language.sixteen_bit_floats.bfloat16 import bfloat16

NO_ELEMENTS: Mapping[np.dtype, types.Type] = MappingProxyType({})
_LARGEST_INT64 = 2**63 - 1
_KINDS = (bool, int, float, complex, enum.Enum, np.bool_, np.number, np.datetime64, np.void)


@cache
def _array_type(
    dtype: np.dtype, rank: int, c_order: bool, f_order: bool, aligned: bool, writeable: bool
) -> types.Array:
    layout = "C" if c_order else "F" if f_order else "A"
    element = bfloat16 if dtype.name == "bfloat16" else from_dtype(dtype)  # of ml_dtypes
    return types.Array(element, rank, layout, readonly=not writeable, aligned=aligned)


def type_key(value: Any) -> Any:
    """Return a hashable key, the same for values of the same numba type. It is quick to compute."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        order = flags.c_contiguous, flags.f_contiguous
        return value.dtype, value.ndim, *order, flags.aligned, flags.writeable
    if isinstance(value, tuple):
        return type(value), *(type_key(item) for item in value)
    if isinstance(value, (np.void, np.datetime64, np.timedelta64)):
        return type(value), value.dtype
    return type(value), type(value) is int and value > _LARGEST_INT64  # then it is a uint64


def numba_type(
    what: str, value: Any, elements: Mapping[np.dtype, types.Type] = NO_ELEMENTS
) -> types.Type:
    """Return the numba type of a value. If there is none, raises a TypeError about `what`.

    `elements` has the types of elements for some dtypes of arrays.
    """
    expected = "a NumPy array of numbers, a number of at most 64 bits, or a tuple of these"
    if isinstance(value, tuple):
        items = [numba_type(what, item, elements) for item in value]
        is_named = hasattr(value, "_fields")
        return types.NamedTuple(items, type(value)) if is_named else types.Tuple(items)
    try:
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            found = _array_type(*type_key(value))
            element = elements.get(value.dtype)
            return found if element is None else found.copy(dtype=element)
        if isinstance(value, _KINDS):
            return typeof(value)
    except (NumbaError, NotImplementedError, ValueError):
        pass  # numba does not know the dtype or the number
    given = f"{reprlib.repr(value)}, of type {type(value).__qualname__}"
    if isinstance(value, np.ndarray):
        given = f"an array of {value.dtype.str}"
    raise TypeError(f"{what} is {given}; expected {expected}")
