"""Operators on 16-bit floats in kernels, computed in float32 and rounded.

As in numba-cuda, the result is a 16-bit float if the other operand is one, too, or as narrow: bool
or int8 beside float16, int8 or uint8 beside bfloat16. Beside any other number, the 16-bit float is
first converted to float32 or float64. float32 has enough bits for the sum, product or quotient,
rounded a second time, to be correctly rounded (Figueroa, "When is double rounding innocuous?",
1995).
"""

import operator
from collections.abc import Callable, Set

from llvmlite import ir
from numba.core import types

from ...lowering.definitions import define
from .bfloat16 import BFLOAT
from .format import BITS, SixteenBitFloat
from .half import HALF


def narrowed(form: SixteenBitFloat, operation: Callable) -> Callable:
    """Return the lowering of `operation(builder, *floats)`, with the result rounded."""

    def lower(target, builder, signature, arguments):
        wide = [form.widen(builder, value) for value in arguments]
        return form.narrow(builder, operation(builder, *wide))

    return lower


def compared(form: SixteenBitFloat, comparison: str, unordered: bool) -> Callable:
    """Return the lowering of a comparison; an unordered one is true if an operand is a NaN."""

    def lower(target, builder, signature, arguments):
        compare = builder.fcmp_unordered if unordered else builder.fcmp_ordered
        return compare(comparison, *(form.widen(builder, value) for value in arguments))

    return lower


def _on_bits(change: Callable) -> Callable:
    def lower(target, builder, signature, arguments):
        bits = change(builder, builder.bitcast(arguments[0], BITS))
        return builder.bitcast(bits, arguments[0].type)

    return lower


negated = _on_bits(lambda builder, bits: builder.xor(bits, BITS(0x8000)))
absolute = _on_bits(lambda builder, bits: builder.and_(bits, BITS(0x7FFF)))


def _same(target, builder, signature, arguments):
    return arguments[0]


def _converted(target, builder, signature, arguments):
    return target.cast(builder, arguments[0], signature.args[0], signature.return_type)


def _binary(
    form: SixteenBitFloat, function, result: types.Type, lower: Callable, others: Set[types.Type]
) -> None:
    like = {form.type, *others}

    def definition(typing_context, x, y):
        pair = {types.unliteral(x), types.unliteral(y)}
        if form.type in pair and pair <= like:
            return result(form.type, form.type), lower
        return None

    define(function, definition, replace=False)


def _unary(form: SixteenBitFloat, function, result: types.Type, lower: Callable) -> None:
    def definition(typing_context, x):
        return (result(x), lower) if x == form.type else None

    define(function, definition, replace=False)


_ARITHMETIC = {
    "add": ir.IRBuilder.fadd,
    "sub": ir.IRBuilder.fsub,
    "mul": ir.IRBuilder.fmul,
    "truediv": ir.IRBuilder.fdiv,
}
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _extremum(comparison: str) -> Callable:
    """The second operand if it is larger, or smaller, than the first: as in Python."""

    def lower(target, builder, signature, arguments):
        first, second = (BFLOAT.widen(builder, value) for value in arguments)
        other = builder.fcmp_ordered(comparison, second, first)
        return builder.select(other, arguments[1], arguments[0])

    return lower


def _define_operators(form: SixteenBitFloat, others: Set[types.Type]) -> None:
    for name, operation in _ARITHMETIC.items():
        for function in (getattr(operator, name), getattr(operator, f"i{name}")):
            _binary(form, function, form.type, narrowed(form, operation), others)
    for name, comparison in _COMPARISONS.items():
        lower = compared(form, comparison, unordered=name == "ne")
        _binary(form, getattr(operator, name), types.boolean, lower, others)
    _unary(form, operator.neg, form.type, negated)
    _unary(form, operator.pos, form.type, _same)
    _unary(form, bool, types.boolean, _is_true(form))


def _is_true(form: SixteenBitFloat) -> Callable:
    def lower(target, builder, signature, arguments):
        wide = form.widen(builder, arguments[0])
        return builder.fcmp_unordered("!=", wide, wide.type(0))

    return lower


_define_operators(HALF, {types.boolean, types.int8})
_define_operators(BFLOAT, {types.int8, types.uint8})
_unary(HALF, abs, HALF.type, absolute)  # of a bfloat16, numba-cuda's abs is a float32
_unary(HALF, float, HALF.type, _same)
_unary(HALF, int, types.int64, _converted)
for _function, _comparison in ((max, ">"), (min, "<")):
    _binary(BFLOAT, _function, BFLOAT.type, _extremum(_comparison), set())
