"""Inline PTX as a script writes it: an intrinsic that calls an ir.InlineAsm."""

import pytest
from llvmlite import ir
from numba.core import types

from crosscheck.kernels.cpu.cuda.extending import intrinsic

LLVM = {
    types.uint16: ir.IntType(16),
    types.int32: ir.IntType(32),
    types.uint32: ir.IntType(32),
    types.int64: ir.IntType(64),
    types.uint64: ir.IntType(64),
    types.float32: ir.FloatType(),
    types.float64: ir.DoubleType(),
}


def _inline(text, constraints, result, *kinds):
    """Return the intrinsic for a text: `result` is a type, a tuple of some, or void."""
    results = tuple(result) if isinstance(result, (tuple, list)) else (result,)
    returned = types.Tuple(results) if len(results) > 1 else results[0]

    def typed(typing_context, *arguments):
        def generate(context, builder, signature, given):
            made = ir.VoidType() if result == types.void else LLVM[results[0]]
            if len(results) > 1:
                made = ir.LiteralStructType([LLVM[each] for each in results])
            function = ir.FunctionType(made, [each.type for each in given])
            assembly = ir.InlineAsm(function, text, constraints, side_effect=True)
            value = builder.call(assembly, given, attrs=("convergent", "nounwind"))
            if len(results) == 1:
                return context.get_dummy_value() if result == types.void else value
            values = [builder.extract_value(value, n) for n in range(len(results))]
            return context.make_tuple(builder, signature.return_type, values)

        return returned(*kinds), generate

    made = (
        lambda typing_context: typed(typing_context),
        lambda typing_context, a: typed(typing_context, a),
        lambda typing_context, a, b: typed(typing_context, a, b),
        lambda typing_context, a, b, c: typed(typing_context, a, b, c),
    )
    return intrinsic(made[len(kinds)])


@pytest.fixture
def inline():
    """Return what makes such intrinsics."""
    return _inline
