"""bfloat16, the upper half of a float32. numba has no such type; this is like numba-cuda's.

Arithmetic of a bfloat16 with an int8 or uint8 gives a bfloat16, with any other number a float32 or
float64.
"""

from llvmlite import ir
from numba.core import types
from numba.core.typeconv import Conversion
from numba.core.typing.templates import infer_global

from .format import BITS, FLOAT, SixteenBitFloat

_I32 = ir.IntType(32)
_NAN = 0x7FFF  # the NaN of CUDA's conversions


class Bfloat16(types.Number):
    """The numba type: 8 bits of exponent, 7 of fraction."""

    bitwidth, alignof_ = 16, 2

    def __init__(self) -> None:
        super().__init__(name="__nv_bfloat16")

    def can_convert_from(self, typingctx, other):
        """Return how safely another number converts to bfloat16, None where it does not."""
        if isinstance(other, types.Integer) and other.bitwidth == 8:
            return Conversion.safe
        return Conversion.unsafe if isinstance(other, (types.Integer, types.Float)) else None

    def can_convert_to(self, typingctx, other):
        """Return how safely bfloat16 converts to another number, None where it does not."""
        if isinstance(other, types.Float) and other.bitwidth >= 32:
            return Conversion.safe
        return Conversion.unsafe if isinstance(other, (types.Integer, types.Float)) else None


bfloat16 = Bfloat16()
infer_global(bfloat16, types.NumberClass(bfloat16))


def _widen(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    return builder.bitcast(builder.shl(builder.zext(value, _I32), _I32(16)), FLOAT)


def _round(builder: ir.IRBuilder, value: ir.Value, suffix: str) -> ir.Value:
    """Truncate to the upper half, after adding what carries into it where it rounds up."""
    bits = builder.bitcast(value, _I32)
    negative = builder.icmp_signed("<", bits, _I32(0))
    if suffix == "rn":
        is_odd = builder.and_(builder.lshr(bits, _I32(16)), _I32(1))
        carry = builder.add(is_odd, _I32(0x7FFF))
    elif suffix == "rz":
        carry = _I32(0)
    else:
        away = negative if suffix == "rd" else builder.not_(negative)
        carry = builder.select(away, _I32(0xFFFF), _I32(0))
    upper = builder.trunc(builder.lshr(builder.add(bits, carry), _I32(16)), BITS)
    return builder.select(builder.fcmp_unordered("uno", value, value), BITS(_NAN), upper)


BFLOAT = SixteenBitFloat(bfloat16, BITS, "bfloat16", _widen, _round)
