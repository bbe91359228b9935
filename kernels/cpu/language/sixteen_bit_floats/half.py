"""The format of float16. The processor converts it to and from float32."""

from llvmlite import ir
from numba.core import types

from ...lowering.rounding_modes import with_rounding
from .format import FLOAT, SixteenBitFloat


def _widen(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    return builder.fpext(value, FLOAT)


def _round(builder: ir.IRBuilder, value: ir.Value, suffix: str) -> ir.Value:
    def convert(number):
        return builder.fptrunc(number, ir.HalfType())

    return convert(value) if suffix == "rn" else with_rounding(builder, suffix, convert, value)


HALF = SixteenBitFloat(types.float16, ir.HalfType(), "half", _widen, _round)
