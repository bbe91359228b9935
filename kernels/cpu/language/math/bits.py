"""popc, brev, clz and ffs, with numba-cuda's types."""

from collections.abc import Callable

from llvmlite import ir
from numba.core import types
from numba.core.extending import overload_method

from ...lowering.definitions import TARGET
from ...lowering.typed_intrinsics import typed_intrinsic

_EIGHT_TO_64 = (
    *(types.int8, types.int16, types.int32, types.int64),
    *(types.uint8, types.uint16, types.uint32, types.uint64),
)
_DEFINED_FOR_0 = ir.Constant(ir.IntType(1), 0)


def count(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return how many bits are set."""
    return builder.ctpop(value)


def reverse(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the bits in reverse order."""
    return builder.bitreverse(value)


def leading_zeros(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return how many bits are above the highest that is set; the width for 0."""
    return builder.ctlz(value, _DEFINED_FOR_0)


def first_set(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return the position of the lowest bit that is set, counted from 1; 0 for 0."""
    place = builder.add(builder.cttz(value, _DEFINED_FOR_0), value.type(1))
    zero = value.type(0)
    return builder.select(builder.icmp_unsigned("==", value, zero), zero, place)


def lowering(operation: Callable) -> Callable:
    """Return the lowering of `operation(builder, integer)`, whose result has the integer's type."""

    def lower(target, builder, signature, arguments):
        result = operation(builder, arguments[0])
        return target.cast(builder, result, signature.args[0], signature.return_type)

    return lower


popc = typed_intrinsic("cuda.popc", [kind(kind) for kind in _EIGHT_TO_64], lowering(count))
brev = typed_intrinsic(
    "cuda.brev", [kind(kind) for kind in (types.uint32, types.uint64)], lowering(reverse)
)
clz = typed_intrinsic("cuda.clz", [kind(kind) for kind in _EIGHT_TO_64], lowering(leading_zeros))
ffs = typed_intrinsic(
    "cuda.ffs", [types.uint32(kind) for kind in _EIGHT_TO_64], lowering(first_set)
)


@overload_method(types.Integer, "bit_count", target=TARGET)
def _bit_count(number):
    return lambda number: popc(number)
