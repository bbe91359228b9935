"""libdevice's conversions between integers and floats, and between their bits.

A float beyond an integer's range and a NaN convert as in lowering/truncation.py. Unsigned integers
have signed types, as in numba-cuda.
"""

from llvmlite import ir
from numba.core import types

from ...lowering import libm
from ...lowering.rounding_modes import MODES, with_rounding
from ...lowering.truncation import truncate

I16, I32, I64 = (ir.IntType(width) for width in (16, 32, 64))
_F4, _F8, _I2, _I, _L = types.float32, types.float64, types.int16, types.int32, types.int64
_ROUND = {"rd": "floor", "ru": "ceil", "rz": "trunc", "rn": "rint"}


def to_integer(builder, value, integer: ir.IntType, signed: bool, suffix: str) -> ir.Value:
    """Round a float to an integer, within the integer's range."""
    return truncate(builder, libm.call(builder, _ROUND[suffix], value), integer, signed)


def _to_integer(integer: ir.IntType, signed: bool, suffix: str):
    def lower(target, builder, signature, arguments):
        return to_integer(builder, arguments[0], integer, signed, suffix)

    return lower


def _to_float(floating: ir.Type, signed: bool, suffix: str):
    def lower(target, builder, signature, arguments):
        convert = builder.sitofp if signed else builder.uitofp
        return with_rounding(builder, suffix, lambda value: convert(value, floating), arguments[0])

    return lower


def _narrow(suffix: str):
    def lower(target, builder, signature, arguments):
        narrow = lambda value: builder.fptrunc(value, ir.FloatType())  # noqa: E731
        return with_rounding(builder, suffix, narrow, arguments[0])

    return lower


def _same_bits(target, builder, signature, arguments):
    return builder.bitcast(arguments[0], target.get_value_type(signature.return_type))


def _half_of_a_double(shift: int):
    def lower(target, builder, signature, arguments):
        return builder.trunc(builder.lshr(builder.bitcast(arguments[0], I64), I64(shift)), I32)

    return lower


def _join(target, builder, signature, arguments):
    high, low = (builder.zext(value, I64) for value in arguments)
    both = builder.or_(builder.shl(high, I64(32)), low)
    return builder.bitcast(both, ir.DoubleType())


def _float_to_half(target, builder, signature, arguments):
    return builder.bitcast(builder.fptrunc(arguments[0], ir.HalfType()), I16)


def _half_to_float(target, builder, signature, arguments):
    return builder.fpext(builder.bitcast(arguments[0], ir.HalfType()), ir.FloatType())


def _table() -> dict:
    integers = {"int": (I32, _I, True), "uint": (I32, _I, False)}
    integers |= {"ll": (I64, _L, True), "ull": (I64, _L, False)}
    floats = {"float": (ir.FloatType(), _F4), "double": (ir.DoubleType(), _F8)}
    table = {}
    for suffix in (*MODES, "rn"):
        for integer, (bits, kind, signed) in integers.items():
            for name, (floating, real) in floats.items():
                to = _to_integer(bits, signed, suffix)
                table[f"{name}2{integer}_{suffix}"] = (kind(real), to)
                if suffix == "rn" or name == "float" or bits == I64:  # a double holds an int32
                    back = _to_float(floating, signed, suffix)
                    table[f"{integer}2{name}_{suffix}"] = (real(kind), back)
        table[f"double2float_{suffix}"] = (_F4(_F8), _narrow(suffix))
    return table


TABLE = _table() | {
    "double_as_longlong": (_L(_F8), _same_bits),
    "longlong_as_double": (_F8(_L), _same_bits),
    "float_as_int": (_I(_F4), _same_bits),
    "int_as_float": (_F4(_I), _same_bits),
    "double2hiint": (_I(_F8), _half_of_a_double(32)),
    "double2loint": (_I(_F8), _half_of_a_double(0)),
    "hiloint2double": (_F8(_I, _I), _join),
    "float2half_rn": (_I2(_F4), _float_to_half),
    "half2float": (_F4(_I2), _half_to_float),
}
