"""From a float to an integer as a GPU does it (PTX, cvt): cut off, and within the integer's range.

A float beyond the range gives the nearest integer of it. A NaN gives 0; from 64 bits or to 64 it
gives the integer whose highest bit alone is set.
"""

from llvmlite import ir


def truncate(builder: ir.IRBuilder, value: ir.Value, integer: ir.IntType, signed: bool) -> ir.Value:
    """Return a float or double as an integer.

    LLVM's own llvm.fptosi.sat does most of this, but makes no vectors of it.
    """
    highest_bit = 1 << integer.width - 1
    low, behind = (-highest_bit, highest_bit) if signed else (0, 2 * highest_bit)
    of_nan = highest_bit if isinstance(value.type, ir.DoubleType) or integer.width == 64 else 0
    convert = builder.fptosi if signed else builder.fptoui
    result = convert(value, integer)  # outside of the range anything, which is not taken
    for comparison, bound, instead in (("<", low, low), (">=", behind, behind - 1)):
        is_outside = builder.fcmp_ordered(comparison, value, value.type(float(bound)))
        result = builder.select(is_outside, integer(instead), result)
    is_nan = builder.fcmp_unordered("uno", value, value)
    return builder.select(is_nan, integer(of_nan), result)


def cast(builder: ir.IRBuilder, value: ir.Value, integer: ir.IntType, signed: bool) -> ir.Value:
    """Return what a cast makes of a float: 8 bits are the lower ones of 16, as on a GPU."""
    wide = ir.IntType(max(integer.width, 16))
    result = truncate(builder, value, wide, signed)
    return builder.trunc(result, integer) if integer.width < wide.width else result
