"""The type itself, its conversions, and how a launch passes a number of it."""

import numpy as np
from numba.core import types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.typing.templates import infer_global
from numba.extending import lower_builtin, lower_cast, register_model, typeof_impl


class IndexType(types.Number):
    """`index` of 32 or 64 bits.

    It is no types.Integer: numba and numba-cuda convert those to whatever an operation needs.
    """

    signed = False

    def __init__(self, bits: int) -> None:
        super().__init__(f"index{bits}")
        self.bitwidth = bits
        self.as_integer = types.Integer.from_bitwidth(bits, signed=False)

    def holds(self, other: types.Type) -> bool:
        """Return whether the other type is this one, or a constant that it has a value for."""
        constant = isinstance(other, types.IntegerLiteral)
        return other == self or (constant and 0 <= other.literal_value < 2**self.bitwidth)

    def unify(self, typing_context, other):
        """Refuse a variable that is an index here and something else, say a constant, there."""
        raise TypingError(f"a variable is {self} here and {other} there; expected one type")


register_model(IndexType)(models.IntegerModel)
TYPES = {np.uint32: IndexType(32), np.uint64: IndexType(64)}
for _type in TYPES.values():
    infer_global(_type, types.NumberClass(_type))  # in a kernel the type is a function that casts


@lower_cast(types.Integer, IndexType)
@lower_cast(types.IntegerLiteral, IndexType)
@lower_cast(types.Boolean, IndexType)
def _to_index(target, builder, given, wanted, value):
    if isinstance(given, types.IntegerLiteral) and not wanted.holds(given):
        text = f"{wanted} is given {given.literal_value}; expected 0 to 2^{wanted.bitwidth} - 1"
        raise TypingError(text)
    return target.cast(builder, value, given, wanted.as_integer)


@lower_cast(IndexType, types.Integer)
@lower_cast(IndexType, types.Float)
def _from_index(target, builder, given, wanted, value):
    return target.cast(builder, value, given.as_integer, wanted)


@lower_builtin(bool, IndexType)
def _is_not_zero(target, builder, signature, arguments):
    return builder.icmp_unsigned("!=", arguments[0], arguments[0].type(0))


class IndexNumber:
    """An integer that a launch passes as `index`; also a NumPy number."""

    type: IndexType


class _Number32(IndexNumber, np.uint32):
    type = TYPES[np.uint32]


class _Number64(IndexNumber, np.uint64):
    type = TYPES[np.uint64]


NUMBERS = {np.uint32: _Number32, np.uint64: _Number64}


@typeof_impl.register(IndexNumber)
def _type_of(number: IndexNumber, _: object) -> IndexType:
    return number.type
