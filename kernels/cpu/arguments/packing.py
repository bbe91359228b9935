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


def _pack_array(value: np.ndarray, slots: list) -> None:
    # numba's array structure: owner, parent, element count, element size, data, shape, strides
    data = value.__array_interface__["data"][0]
    slots.extend((0, 0, value.size, value.itemsize, data, *value.shape, *value.strides))


def _pack_address(value: int, slots: list) -> None:
    slots.append(operator.index(value))


def _pack_double(value: Any, slots: list) -> None:
    slots.append(ctypes.c_double(value).value)


def _pack_single(value: Any, slots: list) -> None:
    slots.append(value if type(value) is np.float32 else ctypes.c_float(value).value)


def _pack_half(value: Any, slots: list) -> None:
    slots.append(np.float16(value))


def _pack_complex(value: Any, slots: list) -> None:
    slots.extend((value.real, value.imag))


def _pack_boolean(value: Any, slots: list) -> None:
    slots.append(int(bool(value)))


def _pack_time(value: Any, slots: list) -> None:
    slots.append(int(value.view(np.int64)))


def _pack_record(value: np.void, slots: list) -> None:
    slots.append(value.__array_interface__["data"][0])


def _integer_packer(type_: types.Integer) -> Callable[[Any, list], None]:
    half, whole = 1 << (type_.bitwidth - 1), 1 << type_.bitwidth

    def pack_value(value: Any, slots: list) -> None:
        number = operator.index(value) % whole  # as C converts what is out of range
        slots.append(number - whole if type_.signed and number >= half else number)

    return pack_value


def _tuple_packer(type_: types.BaseTuple) -> Callable[[Any, list], None]:
    packers = [_packer_of(item) for item in type_]

    def pack_value(value: tuple, slots: list) -> None:
        for item, pack_item in zip(value, packers, strict=True):
            pack_item(item, slots)

    return pack_value


def _packer_of(type_: types.Type) -> Callable[[Any, list], None]:
    """Return the function that appends a value of this type to a list of slots."""
    if isinstance(type_, types.Array):
        return _pack_array
    if isinstance(type_, types.BaseTuple):
        return _tuple_packer(type_)
    if isinstance(type_, types.EnumMember):
        pack_member = _packer_of(type_.dtype)
        return lambda value, slots: pack_member(value.value, slots)
    if isinstance(type_, types.Boolean):
        return _pack_boolean
    if isinstance(type_, types.Integer):
        return _integer_packer(type_)
    if isinstance(type_, types.Complex):
        return _pack_complex
    if isinstance(type_, (types.NPDatetime, types.NPTimedelta)):
        return _pack_time
    if isinstance(type_, types.Float):
        return _FLOATS[type_]
    return _pack_record if isinstance(type_, types.Record) else _pack_address


_FLOATS = {types.float16: _pack_half, types.float32: _pack_single, types.float64: _pack_double}


def packer(argument_types: tuple[types.Type, ...]) -> Callable[[tuple], bytes]:
    """Return a function that packs arguments of these types into slots.

    It converts numbers as C does, except that a float for an integer raises TypeError.
    """
    pack = struct.Struct("<" + "".join(_format(type_) for type_ in argument_types)).pack
    packers = [_packer_of(type_) for type_ in argument_types]

    def pack_arguments(arguments: tuple) -> bytes:
        slots: list = []
        for number, (value, pack_value) in enumerate(zip(arguments, packers, strict=True)):
            try:
                pack_value(value, slots)
            except TypeError:
                text = f"argument {number} is {value!r}; expected {argument_types[number]}"
                raise TypeError(text) from None
        return pack(*slots)

    return pack_arguments
