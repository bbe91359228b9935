"""What the two 16-bit floats share: float32 computes with them, and each result is rounded once.

From float64 or a wide integer that would round twice. What lies between is then rounded to odd: to
the one of its two neighbours whose last bit is set, which no second rounding can mistake for a tie
(Boldo and Melquiond, "When double rounding is odd", 2005).
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

    `widen(builder, value)` returns the float it equals; `rounded(builder, float, suffix)` rounds
    one to nearest ("rn") or in a mode of rounding_modes.py.
    """

    type: types.Type
    storage: ir.Type
    name: str
    widen: Callable[[ir.IRBuilder, ir.Value], ir.Value]
    rounded: Callable[[ir.IRBuilder, ir.Value, str], ir.Value]

    def narrow(self, builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
        """Round a float or a double to nearest."""
        if value.type == DOUBLE:
            nearest = builder.fptrunc(value, FLOAT)
            value = to_odd(builder, nearest, builder.fsub(value, builder.fpext(nearest, DOUBLE)))
        return self.rounded(builder, value, "rn")


def to_odd(builder: ir.IRBuilder, nearest: ir.Value, rest: ir.Value) -> ir.Value:
    """Return a rounded float or double, or if something was lost, its neighbour that is odd.

    `rest` has the sign of what was lost.
    """
    integer = ir.IntType(64 if nearest.type == DOUBLE else 32)
    bits = builder.bitcast(nearest, integer)
    lost = builder.fcmp_ordered("!=", rest, rest.type(0))  # and is no NaN
    is_even = builder.icmp_unsigned("==", builder.and_(bits, integer(1)), integer(0))
    outward = builder.xor(
        builder.icmp_signed("<", bits, integer(0)), builder.fcmp_ordered(">", rest, rest.type(0))
    )
    neighbour = builder.add(bits, builder.select(outward, integer(1), integer(-1)))
    odd = builder.select(builder.and_(lost, is_even), neighbour, bits)
    return builder.bitcast(odd, nearest.type)


def sum_to_odd(builder: ir.IRBuilder, x: ir.Value, y: ir.Value) -> ir.Value:
    """Return the sum of two doubles, rounded to odd; what is lost is Knuth's two-sum."""
    total = builder.fadd(x, y)
    of_y = builder.fsub(total, x)
    of_x = builder.fsub(total, of_y)
    return to_odd(builder, total, builder.fadd(builder.fsub(x, of_x), builder.fsub(y, of_y)))


def integer_to_odd(builder: ir.IRBuilder, value: ir.Value, signed: bool) -> ir.Value:
    """Return an integer as a double, rounded to odd."""
    nearest = (builder.sitofp if signed else builder.uitofp)(value, DOUBLE)
    rest = builder.sub(value, truncate(builder, nearest, value.type, signed))
    return to_odd(builder, nearest, builder.sitofp(rest, DOUBLE))
