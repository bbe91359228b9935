"""Conversion of floats to integers as on a GPU (PTX's cvt): truncated, and saturated to the range.

A NaN gives 0; if the float or the integer has 64 bits, it gives the integer with only the highest
bit set.
"""

from llvmlite import ir


def truncate(builder: ir.IRBuilder, value: ir.Value, integer: ir.IntType, signed: bool) -> ir.Value:
    """Return a float or double as an integer.

    llvm.fptosi.sat does most of this, but is not vectorized.
    """
    highest_bit = 1 << integer.width - 1
    low, end = (-highest_bit, highest_bit) if signed else (0, 2 * highest_bit)
    of_nan = highest_bit if isinstance(value.type, ir.DoubleType) or integer.width == 64 else 0
    convert = builder.fptosi if signed else builder.fptoui
    result = convert(value, integer)  # undefined outside of the range, but not used there
    for comparison, bound, instead in (("<", low, low), (">=", end, end - 1)):
        is_outside = builder.fcmp_ordered(comparison, value, value.type(float(bound)))
        result = builder.select(is_outside, integer(instead), result)
    is_nan = builder.fcmp_unordered("uno", value, value)
    return builder.select(is_nan, integer(of_nan), result)


def cast(builder: ir.IRBuilder, value: ir.Value, integer: ir.IntType, signed: bool) -> ir.Value:
    """Return a float cast to an integer. As on a GPU, 8 bits are the low ones of a cast to 16."""
    wide = ir.IntType(max(integer.width, 16))
    result = truncate(builder, value, wide, signed)
    return builder.trunc(result, integer) if integer.width < wide.width else result
