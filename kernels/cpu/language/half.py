"""float16 as kernels represent it, and its conversions: each rounds once, to nearest.

The processor converts between float16 and float32 only, so the rest goes through float32. From
float64 that would round twice: the float32 between is rounded to odd, the nearest of the two
neighbours whose last bit is set, which no second rounding can mistake for a tie (Boldo and
Melquiond, "When double rounding is odd", 2005).
"""

from llvmlite import ir
from numba.core import types
from numba.core.datamodel.models import FloatModel, PrimitiveModel

BITS, HALF, FLOAT, DOUBLE = ir.IntType(16), ir.HalfType(), ir.FloatType(), ir.DoubleType()


def model(manager, kind: types.Float):
    """Return how values of a float type are stored: numba has no float16."""
    if kind == types.float16:
        return PrimitiveModel(manager, kind, HALF)
    return FloatModel(manager, kind)


def widen(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return a half as a float."""
    return builder.fpext(value, FLOAT)


def narrow(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Round a float or a double to half."""
    if value.type == DOUBLE:
        nearest = builder.fptrunc(value, FLOAT)
        value = _to_odd(builder, nearest, builder.fsub(value, builder.fpext(nearest, DOUBLE)))
    return builder.fptrunc(value, HALF)


def _to_odd(builder: ir.IRBuilder, nearest: ir.Value, rest: ir.Value) -> ir.Value:
    """Return a rounded float, or if something was lost, its neighbour whose last bit is set.

    `rest` has the sign of what was lost.
    """
    integer = ir.IntType(32)
    bits = builder.bitcast(nearest, integer)
    lost = builder.fcmp_ordered("!=", rest, rest.type(0))  # and is no NaN
    is_even = builder.icmp_unsigned("==", builder.and_(bits, integer(1)), integer(0))
    outward = builder.xor(
        builder.icmp_signed("<", bits, integer(0)), builder.fcmp_ordered(">", rest, rest.type(0))
    )
    neighbour = builder.add(bits, builder.select(outward, integer(1), integer(-1)))
    odd = builder.select(builder.and_(lost, is_even), neighbour, bits)
    return builder.bitcast(odd, FLOAT)


def concerns(given: types.Type, wanted: types.Type) -> bool:
    """Say whether a cast is to or from float16, and to or from another number."""
    pair = given, wanted
    plain = (types.Integer, types.Float, types.Complex)
    return types.float16 in pair and given != wanted and all(isinstance(t, plain) for t in pair)


def cast(target, builder, value: ir.Value, given: types.Type, wanted: types.Type) -> ir.Value:
    """Convert a number to or from float16."""
    if given == types.float16:
        return target.cast(builder, widen(builder, value), types.float32, wanted)
    if given == types.float64:
        return narrow(builder, value)
    # An integer that float32 has to round is beyond the range of float16.
    return narrow(builder, target.cast(builder, value, given, types.float32))
