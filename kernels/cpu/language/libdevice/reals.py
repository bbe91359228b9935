"""libdevice's functions of reals: those of the C library, and a few that take some lines.

A name that ends in f is the float32 version of the name without it.
"""

from llvmlite import ir
from numba.core import cgutils, types

from ...lowering import libm
from ..math import functions, scalars
from .conversions import to_integer

_F4, _F8, _I, _L = types.float32, types.float64, types.int32, types.int64
_I32 = ir.IntType(32)

_ONE = """acos acosh asin asinh atan atanh ceil cos cosh erf erfc exp exp10 exp2 expm1 fabs floor
    j0 j1 lgamma log log10 log1p log2 logb nearbyint rint round sin sinh sqrt tan tanh tgamma trunc
    y0 y1""".split()
_TWO = "atan2 copysign fdim fmax fmin fmod hypot nextafter pow remainder".split()
_FAST_ONE = "cos exp exp10 log log10 log2 sin tan".split()


def _c(name: str):
    def lower(target, builder, signature, arguments):
        return libm.call(builder, name, *arguments)

    return lower


def _bessel(name: str):
    """jn and yn, of an order and a real."""

    def lower(target, builder, signature, arguments):
        order, value = arguments
        wide = target.cast(builder, value, signature.return_type, _F8)
        function = ir.FunctionType(libm.DOUBLE, [_I32, libm.DOUBLE])
        found = cgutils.get_or_insert_function(builder.module, function, name)
        return target.cast(builder, builder.call(found, [order, wide]), _F8, signature.return_type)

    return lower


def _round_to_integer(name: str):
    def lower(target, builder, signature, arguments):
        rounded = libm.call(builder, name, arguments[0])
        return to_integer(builder, rounded, ir.IntType(64), True, "rz")

    return lower


def _exponent(target, builder, signature, arguments):
    """The binary exponent of x; int32's least for 0 and NaN, its largest for infinity."""
    value = target.cast(builder, arguments[0], signature.args[0], _F8)
    exponent = libm.call(builder, "logb", value)  # -inf for 0
    number = target.cast(builder, exponent, _F8, _I)
    magnitude = libm.call(builder, "fabs", value)
    is_plain = builder.and_(
        builder.fcmp_ordered(">", magnitude, value.type(0)),
        builder.fcmp_ordered("<", magnitude, value.type(float("inf"))),
    )
    is_infinite = builder.fcmp_ordered("==", magnitude, value.type(float("inf")))
    special = builder.select(is_infinite, _I32(2**31 - 1), _I32(-(2**31)))
    return builder.select(is_plain, number, special)


def _test(test):
    def lower(target, builder, signature, arguments):
        return builder.zext(test(builder, arguments[0]), _I32)

    return lower


def _sign_bit(target, builder, signature, arguments):
    width = signature.args[0].bitwidth
    bits = builder.bitcast(arguments[0], ir.IntType(width))
    return builder.zext(builder.icmp_signed("<", bits, bits.type(0)), _I32)


def _sine_and_cosine(target, builder, signature, arguments):
    both = [libm.call(builder, name, arguments[0]) for name in ("sin", "cos")]
    return cgutils.pack_array(builder, both)


def _remainder_and_quotient(target, builder, signature, arguments):
    """The remainder, and the low three bits of the quotient with its sign."""
    place = cgutils.alloca_once(builder, _I32)
    x, y = (target.cast(builder, v, signature.args[0], _F8) for v in arguments)
    function = ir.FunctionType(libm.DOUBLE, [x.type, y.type, place.type])
    found = cgutils.get_or_insert_function(builder.module, function, "remquo")
    rest = target.cast(builder, builder.call(found, [x, y, place]), _F8, signature.args[0])
    return cgutils.pack_struct(builder, [rest, builder.load(place, typ=_I32)])


def _divide(target, builder, signature, arguments):
    return builder.fdiv(*arguments)


def _inverse(lower_function):
    """1 / f(x), rounded once to the type of the result."""

    def lower(target, builder, signature, arguments):
        wide = target.cast(builder, arguments[0], signature.args[0], _F8)
        value = lower_function(target, builder, _F8(_F8), [wide])
        quotient = builder.fdiv(value.type(1), value)
        return target.cast(builder, quotient, _F8, signature.return_type)

    return lower


def _saturate(target, builder, signature, arguments):
    return libm.saturate(builder, arguments[0])


def _fused(target, builder, signature, arguments):
    return builder.fma(*arguments)


def _both(name: str, kind_of, lower) -> dict:
    return {name: (kind_of(_F8), lower), f"{name}f": (kind_of(_F4), lower)}


def _table() -> dict:
    table = {}
    for name in _ONE:
        table |= _both(name, lambda f: f(f), _c(name))
    for name in _TWO:
        table |= _both(name, lambda f: f(f, f), _c(name))
    for name in _FAST_ONE:
        table[f"fast_{name}f"] = (_F4(_F4), _c(name))
    for name in ("jn", "yn"):
        table |= _both(name, lambda f: f(_I, f), _bessel(name))
    for name in ("ldexp", "scalbn"):
        table |= _both(name, lambda f: f(f, _I), functions.ldexp)
    for name, rounded in (("llrint", "rint"), ("llround", "round")):
        table |= _both(name, _L, _round_to_integer(rounded))
    table |= _both("fma", lambda f: f(f, f, f), _fused)
    table |= _both("cbrt", lambda f: f(f), scalars.lower_cbrt)
    table |= _both("rcbrt", lambda f: f(f), _inverse(scalars.lower_cbrt))
    table |= _both("rsqrt", lambda f: f(f), _inverse(_c("sqrt")))
    table |= _both("powi", lambda f: f(f, _I), functions.power_of_an_integer)
    table |= _both("frexp", lambda f: types.Tuple([f, _I])(f), functions.frexp)
    table |= _both("modf", lambda f: types.UniTuple(f, 2)(f), functions.modf)
    table |= _both("remquo", lambda f: types.Tuple([f, _I])(f, f), _remainder_and_quotient)
    table |= _both("sincos", lambda f: types.UniTuple(f, 2)(f), _sine_and_cosine)
    table |= _both("ilogb", _I, _exponent)
    return table


TABLE = _table() | {
    "fast_sincosf": (types.UniTuple(_F4, 2)(_F4), _sine_and_cosine),
    "fast_powf": (_F4(_F4, _F4), _c("pow")),
    "fast_fdividef": (_F4(_F4, _F4), _divide),
    "frsqrt_rn": (_F4(_F4), _inverse(_c("sqrt"))),
    "saturatef": (_F4(_F4), _saturate),
    "isnand": (_I(_F8), _test(functions.is_nan)),
    "isnanf": (_I(_F4), _test(functions.is_nan)),
    "isinfd": (_I(_F8), _test(functions.is_infinite)),
    "isinff": (_I(_F4), _test(functions.is_infinite)),
    "isfinited": (_I(_F8), _test(functions.is_finite)),
    "finitef": (_I(_F4), _test(functions.is_finite)),
    "signbitd": (_I(_F8), _sign_bit),
    "signbitf": (_I(_F4), _sign_bit),
}
