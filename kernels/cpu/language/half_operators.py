"""Operators on float16 in kernels. Each is done in float32 and rounded to float16.

As in numba-cuda they are float16's own where both sides are float16, bool or int8; any other
number makes a float16 a float32 or float64 first. float32 has so many bits that rounding its sum,
product or quotient once more gives the correctly rounded one (Figueroa, "When is double rounding
innocuous?", 1995).
"""

import operator
from collections.abc import Callable

from llvmlite import ir
from numba.core import types

from kernels.cpu.language import half
from kernels.cpu.target import define

_LIKE_HALF = {types.float16, types.boolean, types.int8}


def narrowed(operation: Callable) -> Callable:
    """Make a lowering of `operation(builder, *floats)` for halves; the result is rounded."""

    def lower(target, builder, signature, arguments):
        wide = [half.widen(builder, value) for value in arguments]
        return half.narrow(builder, operation(builder, *wide))

    return lower


def compared(comparison: str, unordered: bool) -> Callable:
    """Make a lowering of a comparison; an unordered one holds where a side is NaN."""

    def lower(target, builder, signature, arguments):
        compare = builder.fcmp_unordered if unordered else builder.fcmp_ordered
        return compare(comparison, *(half.widen(builder, value) for value in arguments))

    return lower


def negated(target, builder, signature, arguments):
    """-x."""
    return builder.fneg(arguments[0])


def absolute(target, builder, signature, arguments):
    """|x|."""
    bits = builder.bitcast(arguments[0], half.BITS)
    return builder.bitcast(builder.and_(bits, half.BITS(0x7FFF)), half.HALF)


def _same(target, builder, signature, arguments):
    return arguments[0]


def _converted(target, builder, signature, arguments):
    return target.cast(builder, arguments[0], types.float16, signature.return_type)


def _is_true(target, builder, signature, arguments):
    wide = half.widen(builder, arguments[0])
    return builder.fcmp_unordered("!=", wide, wide.type(0))


def _binary(function, result: types.Type, lower: Callable) -> None:
    def definition(typing_context, x, y):
        pair = {types.unliteral(x), types.unliteral(y)}
        if types.float16 in pair and pair <= _LIKE_HALF:
            return result(types.float16, types.float16), lower
        return None

    define(function, definition, instead=False)


def _unary(function, result: types.Type, lower: Callable) -> None:
    def definition(typing_context, x):
        return (result(x), lower) if x == types.float16 else None

    define(function, definition, instead=False)


_ARITHMETIC = {
    "add": ir.IRBuilder.fadd,
    "sub": ir.IRBuilder.fsub,
    "mul": ir.IRBuilder.fmul,
    "truediv": ir.IRBuilder.fdiv,
}
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}

for _name, _operation in _ARITHMETIC.items():
    for _function in (getattr(operator, _name), getattr(operator, f"i{_name}")):
        _binary(_function, types.float16, narrowed(_operation))
for _name, _comparison in _COMPARISONS.items():
    _lower = compared(_comparison, unordered=_name == "ne")
    _binary(getattr(operator, _name), types.boolean, _lower)
_unary(operator.neg, types.float16, negated)
_unary(operator.pos, types.float16, _same)
_unary(abs, types.float16, absolute)
_unary(float, types.float16, _same)
_unary(int, types.int64, _converted)
_unary(bool, types.boolean, _is_true)
