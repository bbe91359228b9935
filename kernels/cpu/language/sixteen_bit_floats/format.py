"""The format of a 16-bit float. Arithmetic is in float32, and each result is rounded once.

A float64 or a wide integer would be rounded twice. So the first rounding is to odd: to the one of
the two neighbours whose last bit is set. The second rounding then never sees a false tie (Boldo and
Melquiond, "When double rounding is odd", 2005).
"""

from collections.abc import Callable
from dataclasses import dataclass

from llvmlite import ir
from numba.core import types

from ...lowering.truncation import truncate

BITS, FLOAT, DOUBLE = ir.IntType(16), ir.FloatType(), ir.DoubleType()


@dataclass(frozen=True)
class SixteenBitFloat:
    """A 16-bit float: numba's type, LLVM's, and its name in CUDA's functions.

    `widen(builder, value)` converts it to float32. `round(builder, float, suffix)` converts a
    float32 to it, to nearest ("rn") or in another mode of lowering/rounding_modes.py.
    """

    type: types.Type
    storage: ir.Type
    name: str
    widen: Callable[[ir.IRBuilder, ir.Value], ir.Value]
    round: Callable[[ir.IRBuilder, ir.Value, str], ir.Value]

    def narrow(self, builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
        """Round a float or a double to nearest, once."""
        if value.type == DOUBLE:
            nearest = builder.fptrunc(value, FLOAT)
            value = to_odd(builder, nearest, builder.fsub(value, builder.fpext(nearest, DOUBLE)))
        return self.round(builder, value, "rn")


def to_odd(builder: ir.IRBuilder, nearest: ir.Value, rest: ir.Value) -> ir.Value:
    """Return a number rounded to odd, from its rounding to nearest and the rounding error.

    Only the sign of `rest`, the error, matters.
    """
    integer = ir.IntType(64 if nearest.type == DOUBLE else 32)
    bits = builder.bitcast(nearest, integer)
    lost = builder.fcmp_ordered("!=", rest, rest.type(0))  # false for a NaN
    is_even = builder.icmp_unsigned("==", builder.and_(bits, integer(1)), integer(0))
    outward = builder.xor(
        builder.icmp_signed("<", bits, integer(0)), builder.fcmp_ordered(">", rest, rest.type(0))
    )
    neighbour = builder.add(bits, builder.select(outward, integer(1), integer(-1)))
    odd = builder.select(builder.and_(lost, is_even), neighbour, bits)
    return builder.bitcast(odd, nearest.type)


def sum_to_odd(builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
    """Return the sum of two doubles, rounded to odd, by Knuth's two-sum."""
    total = builder.fadd(x, y)
    of_y = builder.fsub(total, x)
    of_x = builder.fsub(total, of_y)
    return to_odd(builder, total, builder.fadd(builder.fsub(x, of_x), builder.fsub(y, of_y)))


def integer_to_odd(builder: ir.IRBuilder, value: ir.Value, signed: bool) -> ir.Value:
    """Return an integer as a double, rounded to odd."""
    nearest = (builder.sitofp if signed else builder.uitofp)(value, DOUBLE)
    rest = builder.sub(value, truncate(builder, nearest, value.type, signed))
    return to_odd(builder, nearest, builder.sitofp(rest, DOUBLE))
