"""Turns the arguments of a launch into numba types and into the 8-byte slots of an entry."""

import struct
from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
from numba import typeof
from numba.core import types
from numba.core.errors import NumbaError
from numba.np.numpy_support import from_dtype

_SCALAR_FORMATS = {types.float32: "f4x", types.float64: "d"}


_LARGEST_INT64 = 2**63 - 1


@cache
def _array_type(
    dtype: np.dtype, rank: int, contiguous: bool, aligned: bool, writeable: bool
) -> types.Array:
    layout = "C" if contiguous else "A"
    return types.Array(from_dtype(dtype), rank, layout, readonly=not writeable, aligned=aligned)


def type_key(value: Any) -> Any:
    """Return something hashable that tells apart values of different types, quickly."""
    if isinstance(value, np.ndarray):
        flags = value.flags
        return value.dtype, value.ndim, flags.c_contiguous, flags.aligned, flags.writeable
    if isinstance(value, tuple):
        return tuple(type_key(item) for item in value)
    return type(value), type(value) is int and value > _LARGEST_INT64  # then it is an uint64


def numba_type(kernel: str, position: int, value: Any) -> types.Type:
    """Return the type a kernel sees. Raises TypeError for what a kernel cannot take."""
    expected = "a NumPy array of numbers, a number, or a tuple of numbers"
    if isinstance(value, tuple):
        return types.Tuple([numba_type(kernel, position, item) for item in value])
    try:
        if isinstance(value, np.ndarray) and not value.dtype.hasobject:
            return _array_type(*type_key(value))
        if isinstance(value, (bool, int, float, np.bool_, np.integer, np.float32, np.float64)):
            return typeof(value)
    except (NumbaError, NotImplementedError, ValueError):
        pass  # a dtype or a number that numba does not know
    is_array = isinstance(value, np.ndarray)
    what = f"an array of {value.dtype.str}" if is_array else type(value).__qualname__
    raise TypeError(f"{kernel}: argument {position} is {what}; expected {expected}")


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
        slots.append(int(value) if isinstance(value, np.bool_) else value)


def packer(argument_types: tuple[types.Type, ...]) -> Callable[[tuple], bytes]:
    """Return a function that packs arguments of these types into slots."""
    pack = struct.Struct("<" + "".join(_format(type_) for type_ in argument_types)).pack

    def pack_arguments(arguments: tuple) -> bytes:
        slots: list = []
        for value in arguments:
            _flatten(value, slots)
        return pack(*slots)

    return pack_arguments
