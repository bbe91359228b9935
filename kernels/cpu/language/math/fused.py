"""a * b + c and a * b - c of floats: one fused multiply-add, as on a GPU.

The source decides: a sum is fused with a product that is its own operand, the left one if both are.
If LLVM decided, the bits of a result would depend on inlining, on vectorization and on the
sanitizer.
"""

import operator

from llvmlite import ir
from numba.core import types

from ...lowering.definitions import define

_REAL = (types.float32, types.float64)


def _product(value: ir.Value) -> list[ir.Value] | None:
    """Return the factors of a value that is a product, None for any other value."""
    is_product = isinstance(value, ir.Instruction) and value.opname == "fmul"
    return value.operands if is_product else None


def _sum(builder: ir.IRBuilder, left: ir.Value, right: ir.Value) -> ir.Value:
    for value, other in ((left, right), (right, left)):
        if factors := _product(value):
            return _multiply_add(builder, *factors, other)
    return builder.fadd(left, right)


def _difference(builder: ir.IRBuilder, left: ir.Value, right: ir.Value) -> ir.Value:
    if factors := _product(left):
        return _multiply_add(builder, *factors, builder.fneg(right))
    if factors := _product(right):
        return _multiply_add(builder, builder.fneg(factors[0]), factors[1], left)
    return builder.fsub(left, right)


def _multiply_add(builder: ir.IRBuilder, *values: ir.Value) -> ir.Value:
    """Return a * b + c, rounded once if the processor has such an instruction."""
    kind = values[0].type
    type_ = ir.FunctionType(kind, [kind] * 3)
    function = builder.module.declare_intrinsic("llvm.fmuladd", [kind], type_)
    return builder.call(function, values)


def _define(function, operation) -> None:
    def definition(typing_context, left, right):
        if left not in _REAL or left != right:
            return None

        def lower(target, builder, signature, arguments):
            return operation(builder, *arguments)

        return left(left, left), lower

    define(function, definition, replace=False)


_define(operator.add, _sum)
_define(operator.sub, _difference)
