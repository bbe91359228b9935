"""The functions that CUDA has for both 16-bit floats, by CUDA's names (cuda_fp16.h, cuda_bf16.h).

hadd is __hadd. Each result is rounded once: those of arithmetic from float32, that of a fused
multiply-add from float64. exp and the like are float32's functions, rounded. A comparison with a
NaN is false, or true if its name ends in u.
"""

from collections.abc import Callable

from llvmlite import ir
from numba.core import types

from ...lowering import libm
from ...lowering.rounding_modes import MODES, with_rounding
from ..libdevice.conversions import to_integer
from ..math.functions import is_infinite, is_nan
from .format import DOUBLE, FLOAT, SixteenBitFloat, sum_to_odd
from .operators import absolute, compared, narrowed, negated

_SUFFIXES = (*MODES, "rn")
_INTEGERS = {
    **{"short": types.int16, "ushort": types.uint16, "int": types.int32, "uint": types.uint32},
    **{"ll": types.int64, "ull": types.uint64},
}
_FUNCTIONS = "ceil cos exp exp10 exp2 floor log log10 log2 rint sin sqrt tanh trunc".split()
_COMPARISONS = {"eq": "==", "ne": "!=", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}


def _c(name: str) -> Callable:
    return lambda builder, *values: libm.call(builder, name, *values)


def _inverse(builder, value):
    return builder.fdiv(value.type(1), value)


def _inverse_root(builder, value):
    wide = builder.fpext(value, DOUBLE)
    return _inverse(builder, libm.call(builder, "sqrt", wide))


def _or_nan(name: str) -> Callable:
    """The larger or smaller of two numbers, a NaN if one is a NaN."""

    def choose(builder, x, y):
        found = libm.call(builder, name, x, y)
        unordered = builder.fcmp_unordered("uno", x, y)
        return builder.select(unordered, x.type(float("nan")), found)

    return choose


def _fused(finish: Callable = lambda builder, value: value) -> Callable:
    """x y + z; the product is exact as a double."""

    def operation(builder, *values):
        x, y, z = (builder.fpext(value, DOUBLE) for value in values)
        return finish(builder, sum_to_odd(builder, builder.fmul(x, y), z))

    return operation


def _relu(builder, value):
    """The value, but 0 if it is negative; a NaN stays."""
    return builder.select(builder.fcmp_ordered("<", value, value.type(0)), value.type(0), value)


def _saturated(operation: Callable) -> Callable:
    return lambda builder, x, y: libm.saturate(builder, operation(builder, x, y))


def _same_bits(target, builder, signature, arguments):
    return builder.bitcast(arguments[0], target.get_value_type(signature.return_type))


def cast(target, builder, signature, arguments):
    """Convert a number like an assignment."""
    return target.cast(builder, arguments[0], signature.args[0], signature.return_type)


def _is_nan(form: SixteenBitFloat) -> Callable:
    return lambda target, builder, signature, arguments: is_nan(
        builder, form.widen(builder, arguments[0])
    )


def _infinity(form: SixteenBitFloat) -> Callable:
    """1 or -1 for an infinity, 0 for any other value."""

    def lower(target, builder, signature, arguments):
        wide = form.widen(builder, arguments[0])
        i32 = ir.IntType(32)
        sign = builder.select(builder.fcmp_ordered("<", wide, wide.type(0)), i32(-1), i32(1))
        return builder.select(is_infinite(builder, wide), sign, i32(0))

    return lower


def _of_float(form: SixteenBitFloat, suffix: str) -> Callable:
    return lambda target, builder, signature, arguments: form.round(builder, arguments[0], suffix)


def _of_integer(form: SixteenBitFloat, suffix: str) -> Callable:
    """Round an integer. Rounding twice in one direction equals rounding once; "rn" is a cast."""

    def lower(target, builder, signature, arguments):
        convert = builder.sitofp if signature.args[0].signed else builder.uitofp
        wide = with_rounding(builder, suffix, lambda value: convert(value, FLOAT), arguments[0])
        return form.round(builder, wide, suffix)

    return cast if suffix == "rn" else lower


def _to_integer(form: SixteenBitFloat, suffix: str) -> Callable:
    def lower(target, builder, signature, arguments):
        wide = form.widen(builder, arguments[0])
        integer, signed = target.get_value_type(signature.return_type), signature.return_type.signed
        return to_integer(builder, wide, integer, signed, suffix)

    return lower


def _arithmetic(form: SixteenBitFloat) -> dict:
    kind = form.type
    one, two, three = kind(kind), kind(kind, kind), kind(kind, kind, kind)
    table = {
        "hfma": (three, narrowed(form, _fused())),
        "__hfma_sat": (three, narrowed(form, _fused(libm.saturate))),
        "__hfma_relu": (three, narrowed(form, _fused(_relu))),
        "hdiv": (two, narrowed(form, ir.IRBuilder.fdiv)),
        "hneg": (one, negated),
        "habs": (one, absolute),
        "hrcp": (one, narrowed(form, _inverse)),
        "hrsqrt": (one, narrowed(form, _inverse_root)),
        "__hisnan": (types.boolean(kind), _is_nan(form)),
        "__hisinf": (types.int32(kind), _infinity(form)),
    }
    for name in ("add", "sub", "mul"):
        operation = getattr(ir.IRBuilder, f"f{name}")
        table[f"h{name}"] = table[f"__h{name}_rn"] = (two, narrowed(form, operation))
        table[f"__h{name}_sat"] = (two, narrowed(form, _saturated(operation)))
    for name in ("max", "min"):
        table[f"h{name}"] = (two, narrowed(form, _c(f"f{name}")))
        table[f"__h{name}_nan"] = (two, narrowed(form, _or_nan(f"f{name}")))
    for name in _FUNCTIONS:
        table[f"h{name}"] = (one, narrowed(form, _c(name)))
    table["htanh_approx"] = table["htanh"]
    for name, comparison in _COMPARISONS.items():
        test = types.boolean(kind, kind)
        table[f"h{name}"] = (test, compared(form, comparison, unordered=False))
        table[f"__h{name}u"] = (test, compared(form, comparison, unordered=True))
    return table


def _conversions(form: SixteenBitFloat) -> dict:
    kind, own = form.type, form.name
    table = {
        f"__double2{own}": (kind(types.float64), cast),
        f"__float2{own}": (kind(types.float32), cast),
        f"__{own}2float": (types.float32(kind), cast),
    }
    for suffix in _SUFFIXES:
        table[f"__float2{own}_{suffix}"] = (kind(types.float32), _of_float(form, suffix))
        for name, integer in _INTEGERS.items():
            table[f"__{name}2{own}_{suffix}"] = (kind(integer), _of_integer(form, suffix))
            table[f"__{own}2{name}_{suffix}"] = (integer(kind), _to_integer(form, suffix))
    for name, integer in {"char": types.int8, "uchar": types.uint8}.items():
        table[f"__{own}2{name}_rz"] = (integer(kind), _to_integer(form, "rz"))
    for name in ("short", "ushort"):
        table[f"__{name}_as_{own}"] = (kind(_INTEGERS[name]), _same_bits)
        table[f"__{own}_as_{name}"] = (_INTEGERS[name](kind), _same_bits)
    return table


def table(form: SixteenBitFloat) -> dict:
    """Return {name: (signature, lowering)} of a 16-bit float's functions."""
    return _arithmetic(form) | _conversions(form)
