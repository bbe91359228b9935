"""The functions of `math` in kernels, with numba-cuda's types.

The result for a float32 is a float32, even for math.floor, where Python returns an integer.
Some functions of a float16 return a float16; the others convert it to float32. None of them raises:
where there is no value, the result is a NaN or an infinity, as on a GPU. min and max of a number
and a NaN are the number.
"""

import math

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError

from ...lowering import libm
from ...lowering.definitions import define
from ...lowering.typed_intrinsics import typed_definition

_REAL = (types.float32, types.float64)
_UNARY = [types.float64(types.int64), types.float64(types.uint64), *(kind(kind) for kind in _REAL)]
_HALF = types.float16(types.float16)
_BINARY = [kind(kind, kind) for kind in _REAL]
_INTEGERS_TOO = [types.float64(kind, kind) for kind in (types.int64, types.uint64)] + _BINARY
_TO_BOOLEAN = [types.boolean(kind) for kind in (types.int64, types.uint64, *_REAL)]

# Their names in C.
_ANY_REAL = {
    **{name: name for name in ("acos", "acosh", "asin", "asinh", "atan", "atanh", "cosh", "sinh")},
    **{name: name for name in ("erf", "erfc", "expm1", "lgamma", "log1p", "tan", "tanh")},
    "gamma": "tgamma",
}
_ALSO_HALF = ("sin", "cos", "ceil", "floor", "sqrt", "log", "log2", "log10", "exp", "exp2")


def _function_of_reals(name: str):
    """Return the lowering to a C function in the type of the result, for float16 in float32."""

    def lower(target, builder, signature, arguments):
        result = signature.return_type
        kind = types.float32 if result == types.float16 else result
        values = [
            target.cast(builder, value, given, kind)
            for value, given in zip(arguments, signature.args, strict=True)
        ]
        return target.cast(builder, libm.call(builder, name, *values), kind, result)

    return lower


def _scale(factor: float):
    def lower(target, builder, signature, arguments):
        kind = signature.return_type
        value = target.cast(builder, arguments[0], signature.args[0], kind)
        return builder.fmul(value, value.type(factor))

    return lower


def is_nan(builder, value):
    return builder.fcmp_unordered("uno", value, value)


def is_infinite(builder, value):
    return builder.fcmp_ordered("==", libm.call(builder, "fabs", value), value.type(math.inf))


def is_finite(builder, value):
    return builder.fcmp_ordered("<", libm.call(builder, "fabs", value), value.type(math.inf))


def _test(of_a_float, of_an_integer: bool):
    def lower(target, builder, signature, arguments):
        if isinstance(signature.args[0], types.Integer):
            return ir.Constant(ir.IntType(1), of_an_integer)
        return of_a_float(builder, arguments[0])

    return lower


def power_of_an_integer(target, builder, signature, arguments):
    kind = signature.return_type
    power = target.cast(builder, arguments[1], signature.args[1], types.float64)
    base = target.cast(builder, arguments[0], kind, types.float64)
    return target.cast(builder, libm.call(builder, "pow", base, power), types.float64, kind)


def _power(target, builder, signature, arguments):
    of_an_integer = isinstance(signature.args[1], types.Integer)
    lower = power_of_an_integer if of_an_integer else _function_of_reals("pow")
    return lower(target, builder, signature, arguments)


def ldexp(target, builder, signature, arguments):
    """Return x * 2^n, rounded once."""
    kind = signature.return_type
    wide = target.cast(builder, arguments[0], kind, types.float64)
    function = libm.call(builder, "ldexp", wide, arguments[1])
    return target.cast(builder, function, types.float64, kind)


def frexp(target, builder, signature, arguments):
    """Return m and the int32 e of x = m * 2^e, with m of 1/2 ... 1."""
    kind = signature.args[0]
    place = cgutils.alloca_once(builder, ir.IntType(32))
    wide = target.cast(builder, arguments[0], kind, types.float64)
    fraction = target.cast(builder, libm.call(builder, "frexp", wide, place), types.float64, kind)
    exponent = builder.load(place, typ=ir.IntType(32))
    return cgutils.pack_struct(builder, [fraction, exponent])


def modf(target, builder, signature, arguments):
    """Return the fraction and the whole part of x, both with its sign."""
    value = arguments[0]
    whole = libm.call(builder, "trunc", value)
    rest = builder.select(is_infinite(builder, value), value.type(0), builder.fsub(value, whole))
    return cgutils.pack_array(builder, [libm.call(builder, "copysign", rest, value), whole])


def _define(function, signatures, lower) -> None:
    define(function, typed_definition(f"math.{function.__name__}", signatures, lower))


for _name, _c_name in _ANY_REAL.items():
    _define(getattr(math, _name), _UNARY, _function_of_reals(_c_name))
for _name in (*_ALSO_HALF, "fabs", "trunc"):
    _define(getattr(math, _name), [*_UNARY, _HALF], _function_of_reals(_name))
for _name in ("atan2", "hypot"):
    _define(getattr(math, _name), _INTEGERS_TOO, _function_of_reals(_name))
for _name in ("copysign", "fmod", "nextafter", "remainder"):
    _define(getattr(math, _name), _BINARY, _function_of_reals(_name))
_define(math.degrees, _UNARY, _scale(180 / math.pi))
_define(math.radians, _UNARY, _scale(math.pi / 180))
_define(math.pow, [*_BINARY, *(kind(kind, types.int32) for kind in _REAL)], _power)
_define(math.ldexp, [kind(kind, types.int32) for kind in _REAL], ldexp)
_define(math.frexp, [types.Tuple([kind, types.int32])(kind) for kind in _REAL], frexp)
_define(math.modf, [types.UniTuple(kind, 2)(kind) for kind in reversed(_REAL)], modf)
_define(math.isnan, _TO_BOOLEAN, _test(is_nan, False))
_define(math.isinf, _TO_BOOLEAN, _test(is_infinite, False))
_define(math.isfinite, _TO_BOOLEAN, _test(is_finite, True))


def _refuse_gcd(typing_context, x, y):
    raise TypingError("math.gcd is not a function that numba.cuda has in kernels")


define(math.gcd, _refuse_gcd)


def _extremum(name: str):
    def define_extremum(typing_context, x, y):
        if x not in _REAL or y not in _REAL:
            return None  # numba's own
        kind = types.float64 if types.float64 in (x, y) else types.float32
        return kind(x, y), _function_of_reals(name)

    return define_extremum


define(max, _extremum("fmax"), replace=False)
define(min, _extremum("fmin"), replace=False)


def _round_in_float64(typing_context, x, digits):
    """Define round(x, digits) of a float32 through float64.

    In float32, the product with a power of ten would be rounded to false ties.
    """
    if x != types.float32 or not isinstance(digits, types.Integer):
        return None
    numbas = typing_context.resolve_value_type(round)
    wide = numbas.get_call_type(typing_context, (types.float64, digits), {})

    def lower(target, builder, signature, arguments):
        value = target.cast(builder, arguments[0], types.float32, types.float64)
        rounded = target.get_function(numbas, wide)(builder, (value, arguments[1]))
        return target.cast(builder, rounded, types.float64, types.float32)

    return types.float32(types.float32, wide.args[1]), lower


def _round_to_integer(typing_context, x):
    if x not in _REAL:
        return None

    def lower(target, builder, signature, arguments):
        whole = libm.call(builder, "rint", arguments[0])
        return target.cast(builder, whole, x, types.int64)

    return types.int64(x), lower


define(round, _round_in_float64, replace=False)
define(round, _round_to_integer, replace=False)
