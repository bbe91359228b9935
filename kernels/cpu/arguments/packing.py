"""Packs the arguments of a launch into the 8-byte slots of an entry."""

import ctypes
import operator
import struct
from collections.abc import Callable
from typing import Any

import numpy as np
from numba.core import types

_FORMATS = {
    types.float16: "e6x",
    types.float32: "f4x",
    types.float64: "d",
    types.complex64: "f4xf4x",
    types.complex128: "dd",
}


def _format(type_: types.Type) -> str:
    if isinstance(type_, types.Array):
        return "q" * (5 + 2 * type_.ndim)
    if isinstance(type_, types.BaseTuple):
        return "".join(_format(item) for item in type_)
    if isinstance(type_, types.EnumMember):
        return _format(type_.dtype)
    if type_ in _FORMATS:
        return _FORMATS[type_]
    return "q" if getattr(type_, "signed", True) else "Q"


def _put_array(value: np.ndarray, slots: list) -> None:
    # numba's array structure: owner, parent, element count, element size, data, shape, strides
    data = value.__array_interface__["data"][0]
    slots.extend((0, 0, value.size, value.itemsize, data, *value.shape, *value.strides))


def _put_address(value: int, slots: list) -> None:
    slots.append(operator.index(value))


def _put_double(value: Any, slots: list) -> None:
    slots.append(ctypes.c_double(value).value)


def _put_single(value: Any, slots: list) -> None:
    slots.append(value if type(value) is np.float32 else ctypes.c_float(value).value)


def _put_half(value: Any, slots: list) -> None:
    slots.append(np.float16(value))


def _put_complex(value: Any, slots: list) -> None:
    slots.extend((value.real, value.imag))


def _put_boolean(value: Any, slots: list) -> None:
    slots.append(int(bool(value)))


def _put_time(value: Any, slots: list) -> None:
    slots.append(int(value.view(np.int64)))


def _put_record(value: np.void, slots: list) -> None:
    slots.append(value.__array_interface__["data"][0])


def _integer_putter(type_: types.Integer) -> Callable[[Any, list], None]:
    half, whole = 1 << (type_.bitwidth - 1), 1 << type_.bitwidth

    def put(value: Any, slots: list) -> None:
        number = operator.index(value) % whole  # as C converts what is out of range
        slots.append(number - whole if type_.signed and number >= half else number)

    return put


def _tuple_putter(type_: types.BaseTuple) -> Callable[[Any, list], None]:
    putters = [_putter(item) for item in type_]

    def put(value: tuple, slots: list) -> None:
        for item, put_item in zip(value, putters, strict=True):
            put_item(item, slots)

    return put


def _putter(type_: types.Type) -> Callable[[Any, list], None]:
    """Return what appends a value of this type to a list of slots."""
    if isinstance(type_, types.Array):
        return _put_array
    if isinstance(type_, types.BaseTuple):
        return _tuple_putter(type_)
    if isinstance(type_, types.EnumMember):
        put_value = _putter(type_.dtype)
        return lambda value, slots: put_value(value.value, slots)
    if isinstance(type_, types.Boolean):
        return _put_boolean
    if isinstance(type_, types.Integer):
        return _integer_putter(type_)
    if isinstance(type_, types.Complex):
        return _put_complex
    if isinstance(type_, (types.NPDatetime, types.NPTimedelta)):
        return _put_time
    if isinstance(type_, types.Float):
        return _FLOATS[type_]
    return _put_record if isinstance(type_, types.Record) else _put_address


_FLOATS = {types.float16: _put_half, types.float32: _put_single, types.float64: _put_double}


def packer(argument_types: tuple[types.Type, ...]) -> Callable[[tuple], bytes]:
    """Return a function that packs arguments of these types into slots.

    Numbers are converted as C does, but for a float where an integer is expected: TypeError.
    """
    pack = struct.Struct("<" + "".join(_format(type_) for type_ in argument_types)).pack
    putters = [_putter(type_) for type_ in argument_types]

    def pack_arguments(arguments: tuple) -> bytes:
        slots: list = []
        for number, (value, put) in enumerate(zip(arguments, putters, strict=True)):
            try:
                put(value, slots)
            except TypeError:
                text = f"argument {number} is {value!r}; expected {argument_types[number]}"
                raise TypeError(text) from None
        return pack(*slots)

    return pack_arguments
