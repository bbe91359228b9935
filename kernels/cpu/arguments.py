"""Turns the arguments of a launch into numba types and into the 8-byte slots of an entry."""

import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import typeof
from numba.core import types
from numba.np.numpy_support import from_dtype

_SCALAR_FORMATS = {types.float32: "f4x", types.float64: "d"}


@cache
def _array_type(dtype: np.dtype, rank: int, contiguous: bool, aligned: bool) -> types.Array:
    return types.Array(from_dtype(dtype), rank, "C" if contiguous else "A", aligned=aligned)


def type_key(value: Any) -> Any:
    """Return something hashable that tells apart values of different types, quickly."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        return value.dtype, value.ndim, flags.c_contiguous, flags.aligned
    if isinstance(value, tuple):
        return tuple(type_key(item) for item in value)
    return type(value)


def numba_type(value: Any) -> types.Type:
    """Return the type a kernel sees. Raises TypeError for what a kernel cannot take."""
    if isinstance(value, np.ndarray):
        return _array_type(*type_key(value))
    if isinstance(value, tuple):
        return types.Tuple([numba_type(item) for item in value])
    if isinstance(value, (bool, int, float, np.bool_, np.integer, np.floating)):
        return typeof(value)
    raise TypeError(
        f"a kernel argument is {type(value).__qualname__}; "
        "expected a NumPy array, a number, or a tuple of numbers"
    )


def _format(type_: types.Type) -> str:
    if isinstance(type_, types.Array):
        return "q" * (5 + 2 * type_.ndim)
    if isinstance(type_, types.BaseTuple):
        return "".join(_format(item) for item in type_)
    if type_ in _SCALAR_FORMATS:
        return _SCALAR_FORMATS[type_]
    return "q" if getattr(type_, "signed", True) else "Q"


def _flatten(value: Any, slots: list) -> None:
    if isinstance(value, np.ndarray):
        # numba's array structure: owner, parent, element count, element size, data, shape, strides
        data = value.__array_interface__["data"][0]
        slots.extend((0, 0, value.size, value.itemsize, data, *value.shape, *value.strides))
    elif isinstance(value, tuple):
        for item in value:
            _flatten(item, slots)
    else:
        slots.append(value)


def packer(argument_types: tuple[types.Type, ...]) -> Callable[[tuple], bytes]:
    """Return a function that packs arguments of these types into slots."""
    pack = struct.Struct("<" + "".join(_format(type_) for type_ in argument_types)).pack

    def pack_arguments(arguments: tuple) -> bytes:
        slots: list = []
        for value in arguments:
            _flatten(value, slots)
        return pack(*slots)

    return pack_arguments
