"""libdevice's functions that C lacks: those of multiples of pi, and of the error function.

They are Python, in float64, compiled with the kernel that calls them. A float32 version is the
float64 one, rounded.
"""

import math

from numba.core import cgutils, types
from numba.extending import register_jitable

from ..math.scalars import fma

_F4, _F8 = types.float32, types.float64
_ROOT_PI = math.sqrt(math.pi)
_ROOT_2 = math.sqrt(2.0)
_ROOT_HALF = math.sqrt(0.5)
_ROOT_HALF_REST = -4.833646656726457e-17  # sqrt(1/2) minus the float64 above


@register_jitable
def _sinpi(x):
    """sin(pi x), exactly 0 at integers. Subtracting quarter turns is exact."""
    if not abs(x) < math.inf:
        return math.nan
    rest = math.fmod(x, 2.0)
    quarters = math.floor(2.0 * rest + 0.5)
    angle = math.pi * (rest - 0.5 * quarters)
    turn = int(quarters) & 3
    if turn & 1:
        value = math.cos(angle)
    elif angle == 0.0:
        return math.copysign(0.0, x)
    else:
        value = math.sin(angle)
    return -value if turn & 2 else value


@register_jitable
def _cospi(x):
    """cos(pi x), exactly 0 halfway between integers."""
    if not abs(x) < math.inf:
        return math.nan
    rest = math.fmod(abs(x), 2.0)
    quarters = math.floor(2.0 * rest + 0.5)
    angle = math.pi * (rest - 0.5 * quarters)
    turn = int(quarters) & 3
    if not turn & 1:
        value = math.cos(angle)
    elif angle == 0.0:
        return 0.0
    else:
        value = -math.sin(angle)
    return -value if turn & 2 else value


@register_jitable
def _sincospi(x):
    return _sinpi(x), _cospi(x)


@register_jitable
def _erfcx(x):
    """exp(x^2) erfc(x). From 10 on it is the asymptotic series, for which 13 terms suffice."""
    if x >= 10.0:
        square = 0.5 / (x * x) if x < 1e150 else 0.0
        total = 1.0
        for n in range(13, 0, -1):
            total = 1.0 - (2 * n - 1) * square * total
        return total / (x * _ROOT_PI)
    if x < -27.0:
        return math.inf
    square = x * x
    rest = fma(x, x, -square)  # exp would magnify the rounding error of the square
    return math.exp(square) * math.erfc(x) * (1.0 + rest)


@register_jitable
def _inverse_near_0(x):
    """erfinv for |x| <= 1/2: Halley's method on erf(y) - x."""
    y = 0.5 * _ROOT_PI * x * (1.0 + math.pi / 12.0 * x * x)
    for _ in range(3):
        step = (math.erf(y) - x) * (0.5 * _ROOT_PI) * math.exp(y * y)
        y -= step / (1.0 + y * step)
    return y


@register_jitable
def _inverse_in_tail(q):
    """erfcinv for q < 1/2: Newton's method on the logarithm of erfc(y) = erfcx(y) exp(-y^2).

    The start is 26.2.23 of Abramowitz and Stegun, Handbook of Mathematical Functions.
    """
    t = math.sqrt(-2.0 * math.log(0.5 * q))
    above = 2.515517 + t * (0.802853 + t * 0.010328)
    below = 1.0 + t * (1.432788 + t * (0.189269 + t * 0.001308))
    y = (t - above / below) * _ROOT_HALF
    logarithm = math.log(q)
    for _ in range(3):
        rest = _erfcx(y)
        y += (logarithm + y * y - math.log(rest)) * (-0.5 * _ROOT_PI * rest)
    return y


@register_jitable
def _erfcinv(q):
    if not 0.0 <= q <= 2.0:
        return math.nan
    if q == 0.0:
        return math.inf
    if q == 2.0:
        return -math.inf
    if q < 0.5:
        return _inverse_in_tail(q)
    return _inverse_near_0(1.0 - q) if q <= 1.5 else -_inverse_in_tail(2.0 - q)


@register_jitable
def _erfinv(x):
    if abs(x) <= 0.5:
        return _inverse_near_0(x)
    return math.copysign(_erfcinv(1.0 - abs(x)), x)


@register_jitable
def _normcdf(x):
    """erfc(-x / sqrt(2)) / 2, with a first-order correction for the rounded argument."""
    y = -x * _ROOT_HALF
    if not y > 1.0 or y > 30.0:
        return 0.5 * math.erfc(y)
    rest = fma(-x, _ROOT_HALF, -y) - x * _ROOT_HALF_REST
    return 0.5 * math.erfc(y) * (1.0 - 2.0 * rest / (_ROOT_PI * _erfcx(y)))


@register_jitable
def _normcdfinv(p):
    return -_ROOT_2 * _erfcinv(2.0 * p)


def _compiled(function, results: int):
    def lower(target, builder, signature, arguments):
        kind = signature.args[0]
        wide = target.cast(builder, arguments[0], kind, _F8)
        result = _F8 if results == 1 else types.UniTuple(_F8, results)
        found = target.compile_internal(builder, function, result(_F8), [wide])
        values = [found] if results == 1 else cgutils.unpack_tuple(builder, found)
        values = [target.cast(builder, value, _F8, kind) for value in values]
        return values[0] if results == 1 else cgutils.pack_array(builder, values)

    return lower


def _table() -> dict:
    functions = {"sinpi": _sinpi, "cospi": _cospi, "erfcx": _erfcx, "erfinv": _erfinv}
    functions |= {"erfcinv": _erfcinv, "normcdf": _normcdf, "normcdfinv": _normcdfinv}
    table = {}
    for kind, ending in ((_F8, ""), (_F4, "f")):
        for name, function in functions.items():
            table[name + ending] = (kind(kind), _compiled(function, 1))
        pair = types.UniTuple(kind, 2)
        table[f"sincospi{ending}"] = (pair(kind), _compiled(_sincospi, 2))
    return table


TABLE = _table()
