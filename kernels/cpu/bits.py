"""popc, brev, clz and ffs: counting and turning bits, with numba-cuda's types."""

from llvmlite import ir
from numba.core import types

from kernels.cpu.cases import function

_EIGHT_TO_64 = (
    *(types.int8, types.int16, types.int32, types.int64),
    *(types.uint8, types.uint16, types.uint32, types.uint64),
)


def _popc(target, builder, signature, arguments):
    return builder.ctpop(arguments[0])


def _brev(target, builder, signature, arguments):
    return builder.bitreverse(arguments[0])


def _clz(target, builder, signature, arguments):
    return builder.ctlz(arguments[0], ir.Constant(ir.IntType(1), 0))  # the width for 0


def _ffs(target, builder, signature, arguments):
    value = arguments[0]
    zero = ir.Constant(value.type, 0)
    place = builder.add(builder.cttz(value, ir.Constant(ir.IntType(1), 0)), value.type(1))
    found = builder.select(builder.icmp_unsigned("==", value, zero), zero, place)
    return target.cast(builder, found, signature.args[0], signature.return_type)


popc = function("cuda.popc", [kind(kind) for kind in _EIGHT_TO_64], _popc)
brev = function("cuda.brev", [kind(kind) for kind in (types.uint32, types.uint64)], _brev)
clz = function("cuda.clz", [kind(kind) for kind in _EIGHT_TO_64], _clz)
ffs = function("cuda.ffs", [types.uint32(kind) for kind in _EIGHT_TO_64], _ffs)
