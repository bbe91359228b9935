"""cuda.fp16 on the CPU device: the functions on float16 of numba.cuda.fp16, by name.

Names are CUDA's (cuda_fp16.h); hadd is __hadd. Each result is rounded once: sums and the like
through float32, a fused product and sum through float64. exp and its like are float32's, rounded.
Where a comparison has a NaN it is false, and true if its name ends in u.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from kernels.cpu.language import half, libm
from kernels.cpu.language.cases import function
from kernels.cpu.language.half_operators import absolute, compared, narrowed, negated
from kernels.cpu.language.libdevice.conversions import to_integer
from kernels.cpu.language.libdevice.rounding import MODES, directed
from kernels.cpu.language.math_functions import is_infinite, is_nan

_H, _F4, _F8 = types.float16, types.float32, types.float64
_ONE, _TWO, _THREE = _H(_H), _H(_H, _H), _H(_H, _H, _H)
_TEST = types.boolean(_H, _H)
_SUFFIXES = (*MODES, "rn")


def _c(name: str) -> Callable:
    return narrowed(lambda builder, *values: libm.call(builder, name, *values))


def _inverse(builder, value):
    return builder.fdiv(value.type(1), value)


def _inverse_root(builder, value):
    wide = builder.fpext(value, half.DOUBLE)
    return _inverse(builder, libm.call(builder, "sqrt", wide))


def _or_nan(name: str) -> Callable:
    """The larger or smaller of two, NaN where one is NaN."""

    def choose(builder, x, y):
        found = libm.call(builder, name, x, y)
        unordered = builder.fcmp_unordered("uno", x, y)
        return builder.select(unordered, x.type(float("nan")), found)

    return narrowed(choose)


def _product_and_sum(builder, x, y, z):
    """x y + z of floats that were halves, as a double that rounds to the right half.

    The product is exact. The sum is, too, but where it needs more than 53 bits: then it is beyond
    the range, or the product lies below 2^-15 beside a z above 2^5 and cannot change what z rounds
    to.
    """
    x, y, z = (builder.fpext(value, half.DOUBLE) for value in (x, y, z))
    return builder.fadd(builder.fmul(x, y), z)


def _fused(finish: Callable = lambda builder, value: value) -> Callable:
    return narrowed(lambda builder, *values: finish(builder, _product_and_sum(builder, *values)))


def _at_least_0(builder, value):
    """The value, 0 where it is negative; a NaN stays."""
    return builder.select(builder.fcmp_ordered("<", value, value.type(0)), value.type(0), value)


def _then_saturated(operation: Callable) -> Callable:
    return narrowed(lambda builder, x, y: libm.saturate(builder, operation(builder, x, y)))


def _is_nan(target, builder, signature, arguments):
    return is_nan(builder, half.widen(builder, arguments[0]))


def _infinity(target, builder, signature, arguments):
    """1 or -1 for an infinity, 0 for anything else."""
    wide = half.widen(builder, arguments[0])
    i32 = ir.IntType(32)
    sign = builder.select(builder.fcmp_ordered("<", wide, wide.type(0)), i32(-1), i32(1))
    return builder.select(is_infinite(builder, wide), sign, i32(0))


def _same_bits(target, builder, signature, arguments):
    return builder.bitcast(arguments[0], target.get_value_type(signature.return_type))


def _cast(target, builder, signature, arguments):
    return target.cast(builder, arguments[0], signature.args[0], signature.return_type)


def _of_float(suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        return directed(builder, suffix, lambda v: builder.fptrunc(v, half.HALF), arguments[0])

    return lower


def _of_integer(suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        def convert(value):
            to_float = builder.sitofp if signature.args[0].signed else builder.uitofp
            return builder.fptrunc(to_float(value, half.FLOAT), half.HALF)

        return directed(builder, suffix, convert, arguments[0])

    return lower


def _to_integer(suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        wide = half.widen(builder, arguments[0])
        integer, signed = target.get_value_type(signature.return_type), signature.return_type.signed
        return to_integer(builder, wide, integer, signed, suffix)

    return lower


@intrinsic
def _construct(typing_context, value):
    """__half(number)."""
    value = types.unliteral(value)
    if not isinstance(value, (types.Integer, types.Float, types.Boolean)):
        raise TypingError(f"cuda.fp16.__half is given {value}; expected a number")
    return _H(value), _cast


@intrinsic
def _add_atomically(typing_context, address, value):
    """Refuse: kernels on the CPU device have arrays, no pointers."""
    raise TypingError("cuda.fp16.atomicAdd takes a pointer; the CPU device has none to give")


def _table() -> dict:
    """Return name: (signature, lowering)."""
    fadd, fsub, fmul = ir.IRBuilder.fadd, ir.IRBuilder.fsub, ir.IRBuilder.fmul
    table = {
        "hfma": (_THREE, _fused()),
        "__hfma_sat": (_THREE, _fused(libm.saturate)),
        "__hfma_relu": (_THREE, _fused(_at_least_0)),
        "hdiv": (_TWO, narrowed(ir.IRBuilder.fdiv)),
        "hneg": (_ONE, negated),
        "habs": (_ONE, absolute),
        "hrcp": (_ONE, narrowed(_inverse)),
        "hrsqrt": (_ONE, narrowed(_inverse_root)),
        "__hisnan": (types.boolean(_H), _is_nan),
        "__hisinf": (types.int32(_H), _infinity),
        "__double2half": (_H(_F8), _cast),
        "__float2half": (_H(_F4), _cast),
        "__half2float": (_F4(_H), _cast),
    }
    for name, operation in {"hadd": fadd, "hsub": fsub, "hmul": fmul}.items():
        table[name] = table[f"__{name}_rn"] = (_TWO, narrowed(operation))
        table[f"__{name}_sat"] = (_TWO, _then_saturated(operation))
    for name in ("max", "min"):
        table[f"h{name}"] = (_TWO, _c(f"f{name}"))
        table[f"__h{name}_nan"] = (_TWO, _or_nan(f"f{name}"))
    for name in "ceil cos exp exp10 exp2 floor log log10 log2 rint sin sqrt tanh trunc".split():
        table[f"h{name}"] = (_ONE, _c(name))
    table["htanh_approx"] = table["htanh"]
    comparisons = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
    for name, comparison in comparisons.items():
        table[f"h{name}"] = (_TEST, compared(comparison, unordered=False))
        table[f"__h{name}u"] = (_TEST, compared(comparison, unordered=True))
    integers = {"short": types.int16, "ushort": types.uint16, "int": types.int32}
    integers |= {"uint": types.uint32, "ll": types.int64, "ull": types.uint64}
    for suffix in _SUFFIXES:
        table[f"__float2half_{suffix}"] = (_H(_F4), _of_float(suffix))
        for name, kind in integers.items():
            table[f"__{name}2half_{suffix}"] = (_H(kind), _of_integer(suffix))
            table[f"__half2{name}_{suffix}"] = (kind(_H), _to_integer(suffix))
    for name, kind in {"char": types.int8, "uchar": types.uint8}.items():
        table[f"__half2{name}_rz"] = (kind(_H), _to_integer("rz"))
    for name in ("short", "ushort"):
        table[f"__{name}_as_half"] = (_H(integers[name]), _same_bits)
        table[f"__half_as_{name}"] = (integers[name](_H), _same_bits)
    return table


def _members() -> dict:
    functions = {
        name: function(f"cuda.fp16.{name}", [signature], lower)
        for name, (signature, lower) in _table().items()
    }
    plain = "abs add div eq fma ge gt le lt max min mul ne neg sub".split()
    aliases = {f"__h{name}": functions[f"h{name}"] for name in plain}
    return functions | aliases | {"__half": _construct, "atomicAdd": _add_atomically}


MEMBERS = _members()
