"""libdevice's functions of integers. Unsigned ones (u..., ull...) have signed types, too."""

from llvmlite import ir
from numba.core import types

from ..math import bits

I8, I32, I64, I128 = (ir.IntType(width) for width in (8, 32, 64, 128))
_SIGNED, _UNSIGNED = ir.IRBuilder.sext, ir.IRBuilder.zext


def _of(operation):
    """Return the lowering of `operation(builder, *arguments)`."""

    def lower(target, builder, signature, arguments):
        return operation(builder, *arguments)

    return lower


def _absolute(builder, x):
    return builder.select(builder.icmp_signed("<", x, x.type(0)), builder.neg(x), x)


def _choose(comparison: str, signed: bool):
    def choose(builder, x, y):
        compare = builder.icmp_signed if signed else builder.icmp_unsigned
        return builder.select(compare(comparison, x, y), x, y)

    return _of(choose)


def _high_half(extend):
    def multiply(builder, x, y):
        wide = ir.IntType(2 * x.type.width)
        product = builder.mul(extend(builder, x, wide), extend(builder, y, wide))
        return builder.trunc(builder.lshr(product, wide(x.type.width)), x.type)

    return _of(multiply)


def _low_24_bits(shift_back):
    def multiply(builder, x, y):
        x, y = (shift_back(builder, builder.shl(v, I32(8)), I32(8)) for v in (x, y))
        return builder.mul(x, y)

    return _of(multiply)


def _average(extend, rounding: int):
    def average(builder, x, y):
        total = builder.add(extend(builder, x, I64), extend(builder, y, I64))
        return builder.trunc(builder.ashr(builder.add(total, I64(rounding)), I64(1)), I32)

    return _of(average)


def _distance(extend):
    """z + |x - y|, modulo 2^32."""

    def distance(builder, x, y, z):
        difference = builder.sub(extend(builder, x, I64), extend(builder, y, I64))
        return builder.add(builder.trunc(_absolute(builder, difference), I32), z)

    return _of(distance)


def _choose_bytes(builder, x, y, selector):
    """Return four of the eight bytes of x and y; each four bits of the selector name one."""
    high = builder.shl(builder.zext(y, I64), I64(32))
    both = builder.or_(high, builder.zext(x, I64))
    result = I32(0)
    for place in range(4):
        number = builder.and_(builder.lshr(selector, I32(4 * place)), I32(7))
        start = builder.zext(builder.mul(number, I32(8)), I64)
        byte = builder.trunc(builder.lshr(both, start), I8)
        result = builder.or_(result, builder.shl(builder.zext(byte, I32), I32(8 * place)))
    return result


_I, _L = types.int32, types.int64
_I2, _L2 = _I(_I, _I), _L(_L, _L)

TABLE = {
    "abs": (_I(_I), _of(_absolute)),
    "llabs": (_L(_L), _of(_absolute)),
    "max": (_I2, _choose(">", True)),
    "min": (_I2, _choose("<", True)),
    "umax": (_I2, _choose(">", False)),
    "umin": (_I2, _choose("<", False)),
    "llmax": (_L2, _choose(">", True)),
    "llmin": (_L2, _choose("<", True)),
    "ullmax": (_L2, _choose(">", False)),
    "ullmin": (_L2, _choose("<", False)),
    "mul24": (_I2, _low_24_bits(ir.IRBuilder.ashr)),
    "umul24": (_I2, _low_24_bits(ir.IRBuilder.lshr)),
    "mulhi": (_I2, _high_half(_SIGNED)),
    "umulhi": (_I2, _high_half(_UNSIGNED)),
    "mul64hi": (_L2, _high_half(_SIGNED)),
    "umul64hi": (_L2, _high_half(_UNSIGNED)),
    "hadd": (_I2, _average(_SIGNED, 0)),
    "rhadd": (_I2, _average(_SIGNED, 1)),
    "uhadd": (_I2, _average(_UNSIGNED, 0)),
    "urhadd": (_I2, _average(_UNSIGNED, 1)),
    "sad": (_I(_I, _I, _I), _distance(_SIGNED)),
    "usad": (_I(_I, _I, _I), _distance(_UNSIGNED)),
    "byte_perm": (_I(_I, _I, _I), _of(_choose_bytes)),
    "brev": (_I(_I), bits.lowering(bits.reverse)),
    "brevll": (_L(_L), bits.lowering(bits.reverse)),
    "clz": (_I(_I), bits.lowering(bits.leading_zeros)),
    "clzll": (_I(_L), bits.lowering(bits.leading_zeros)),
    "ffs": (_I(_I), bits.lowering(bits.first_set)),
    "ffsll": (_I(_L), bits.lowering(bits.first_set)),
    "popc": (_I(_I), bits.lowering(bits.count)),
    "popcll": (_I(_L), bits.lowering(bits.count)),
}
