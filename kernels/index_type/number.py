"""The type `index`, its conversions, and the numbers of it that a launch passes."""

import numpy as np
from numba.core import types
from numba.core.datamodel import models
from numba.core.errors import TypingError
from numba.core.typing.templates import infer_global
from numba.extending import lower_builtin, lower_cast, register_model, typeof_impl


class IndexType(types.Number):
    """`index` of 32 or 64 bits.

    It is not a types.Integer: numba and numba-cuda convert those to whatever an operation takes.
    """

    signed = False
    in_python: type  # the class of its numbers where the debugger runs a kernel (in_python.py)

    def __init__(self, bits: int) -> None:
        super().__init__(f"index{bits}")
        self.bitwidth = bits
        self.as_integer = types.Integer.from_bitwidth(bits, signed=False)

    def holds(self, other: types.Type) -> bool:
        """Return whether `other` is this type, or a constant that it can represent."""
        constant = isinstance(other, types.IntegerLiteral)
        return other == self or (constant and 0 <= other.literal_value < 2**self.bitwidth)

    def unify(self, typing_context, other):
        """Refuse a variable that is an index here and something else, say a constant, there."""
        raise TypingError(f"a variable is {self} here and {other} there; expected one type")


register_model(IndexType)(models.IntegerModel)
TYPES = {np.uint32: IndexType(32), np.uint64: IndexType(64)}
for _type in TYPES.values():
    infer_global(_type, types.NumberClass(_type))  # kernels call the type to convert to it


@lower_cast(types.Integer, IndexType)
@lower_cast(types.IntegerLiteral, IndexType)
@lower_cast(types.Boolean, IndexType)
def _to_index(target, builder, given, wanted, value):
    return target.cast(builder, value, given, wanted.as_integer)


@lower_cast(IndexType, types.Integer)
@lower_cast(IndexType, types.Float)
def _from_index(target, builder, given, wanted, value):
    return target.cast(builder, value, given.as_integer, wanted)


@lower_builtin(bool, IndexType)
def _is_not_zero(target, builder, signature, arguments):
    return builder.icmp_unsigned("!=", arguments[0], arguments[0].type(0))


class IndexNumber:
    """An integer that a launch passes as `index`: a NumPy integer with a type of its own."""

    type: IndexType


class _Number32(np.uint32, IndexNumber):  # NumPy finds the dtype of a scalar by its first base
    type = TYPES[np.uint32]


class _Number64(np.uint64, IndexNumber):
    type = TYPES[np.uint64]


NUMBERS = {np.uint32: _Number32, np.uint64: _Number64}


@typeof_impl.register(_Number32)
@typeof_impl.register(_Number64)
def _type_of(number: IndexNumber, _: object) -> IndexType:
    return number.type
