"""mma.sync: 16 x 8 sums of products, added as the tensor cores of a GPU add them.

A GPU neither rounds each product nor the exact sum. By the measurements of Fasi, Higham, Mikaitis
and Pranesh ("Numerical behavior of NVIDIA tensor cores", 2021) and of Khattak and Mikaitis (2025):

- a block of products and the accumulator are aligned to the largest exponent, where a product has
  the sum of its factors' exponents, and none is below -126;
- of each, 24 bits and some extra bits below these are kept, and the rest is cut off;
- their sum is exact, and is cut off to 24 bits: toward zero, never to infinity. It is the
  accumulator of the next block.

    model    products in a block: TF32   16 bits    extra bits
    h100                             8        16             2
    a100                             4         8             1

"exact" adds in float64 and rounds once, to nearest. Of a TF32 operand the lowest 13 bits are not
read. Subnormal numbers count, as operands and as results. Where a sum is not finite it is IEEE's,
and every NaN is 0x7fffffff.

Everything fits a float64: products, which have 22 bits at most, units, and sums of cut terms.
"""

from llvmlite import ir
from numba.core import cgutils

from ...machine import context, layout
from .collective import INPUTS, PLANE, at
from .fragments import (
    BIAS,
    COLUMNS,
    DOUBLE,
    FLOAT,
    I32,
    I64,
    MANTISSA,
    ROWS,
    Operands,
    exponents_of,
    splat,
    vector,
)

_LEAST_EXPONENT = -126


def _power_of_two(builder: ir.IRBuilder, exponents: ir.Value) -> ir.Value:
    biased = builder.add(exponents, vector(BIAS, I32))
    wide = builder.zext(biased, ir.VectorType(I64, COLUMNS))
    bits = builder.shl(wide, vector(MANTISSA, I64))
    return builder.bitcast(bits, ir.VectorType(DOUBLE, COLUMNS))


def _of_doubles(builder: ir.IRBuilder, name: str, value: ir.Value) -> ir.Value:
    function = context.declare(builder, f"llvm.{name}.v{COLUMNS}f64", value.type, [value.type])
    return builder.call(function, [value])


def _larger(builder: ir.IRBuilder, first: ir.Value, second: ir.Value) -> ir.Value:
    return builder.select(builder.icmp_signed(">", first, second), first, second)


def _cut_to_float(builder: ir.IRBuilder, value: ir.Value) -> ir.Value:
    """Return doubles as floats, toward zero: one step back where the nearest is beyond."""
    nearest = builder.fptrunc(value, ir.VectorType(FLOAT, COLUMNS))
    size, exact = (
        _of_doubles(builder, "fabs", each) for each in (builder.fpext(nearest, value.type), value)
    )
    beyond = builder.zext(builder.fcmp_ordered(">", size, exact), ir.VectorType(I32, COLUMNS))
    bits = builder.bitcast(nearest, beyond.type)
    return builder.bitcast(builder.sub(bits, beyond), nearest.type)


def _over(builder: ir.IRBuilder, first: ir.Value, end: ir.Value, start: ir.Value, step) -> ir.Value:
    """Return step(... step(start, first) ..., end - 1), in a loop."""
    slot = cgutils.alloca_once_value(builder, start)
    with cgutils.for_range_slice(builder, first, end, I64(1)) as (k, _):
        builder.store(step(builder.load(slot), k), slot)
    return builder.load(slot)


def _add_block(builder, operands: Operands, row, first, end, accumulator, extra_bits) -> ir.Value:
    """Return the accumulator, floats, after the products of a block, from `first` to `end`."""
    wide = builder.fpext(accumulator, ir.VectorType(DOUBLE, COLUMNS))
    least = _larger(builder, exponents_of(builder, wide), vector(_LEAST_EXPONENT, I32))
    high = _over(
        builder,
        first,
        end,
        least,
        lambda most, k: _larger(builder, most, operands.exponents(row, k)),
    )
    kept = splat(builder, builder.add(builder.trunc(extra_bits, I32), I32(23)))
    exponents = builder.sub(high, kept)
    unit = _power_of_two(builder, exponents)
    units = _power_of_two(builder, builder.sub(vector(0, I32), exponents))

    def cut(value: ir.Value) -> ir.Value:
        return _of_doubles(builder, "trunc", builder.fmul(value, units))

    total = _over(
        builder,
        first,
        end,
        cut(wide),
        lambda total, k: builder.fadd(total, cut(operands.products(row, k))),
    )
    return _cut_to_float(builder, builder.fmul(total, unit))


def _where_finite(builder: ir.IRBuilder, sums, made, otherwise) -> ir.Value:
    """Return what was made, but the plain sum where that is NaN or infinite."""
    size = _of_doubles(builder, "fabs", sums)
    is_finite = builder.fcmp_ordered("<", size, vector(float("inf"), DOUBLE))
    return builder.select(is_finite, made, otherwise)


def _with_canonical_nan(builder: ir.IRBuilder, floats: ir.Value) -> ir.Value:
    """Return the bits of floats."""
    is_number = builder.fcmp_ordered("ord", floats, floats)
    bits = builder.bitcast(floats, ir.VectorType(I32, COLUMNS))
    return builder.select(is_number, bits, vector(0x7FFFFFFF, I32))


def compute(kind: str):
    """Return what emits the products of a warp's A and B, added to C, for operands of a kind."""

    def emit(builder: ir.IRBuilder, worker: ir.Value, scratch: ir.Value) -> None:
        operands = Operands(builder, scratch, kind)
        block, extra_bits = (
            context.load_word(builder, worker, word)
            for word in (layout.MMA_BLOCK, layout.MMA_EXTRA_BITS)
        )
        block = builder.mul(block, I64(operands.terms // 8))  # 16-bit operands: twice as many
        with cgutils.for_range(builder, I64(ROWS)) as loop:
            _emit_row(builder, operands, scratch, loop.index, block, extra_bits)

    return emit


def _emit_row(builder, operands: Operands, scratch, row, block, extra_bits) -> None:
    """Emit the sums of a row. Its even columns are in one plane, the odd ones in the next."""
    half, lane = builder.udiv(row, I64(8)), builder.mul(builder.urem(row, I64(8)), I64(4))
    first = builder.add(builder.mul(half, I64(2 * layout.WARP_SIZE)), lane)
    four = ir.VectorType(FLOAT, 4)

    def places(offset: int) -> list[ir.Value]:
        return [at(builder, scratch, offset + plane * PLANE, first, 4) for plane in (0, 1)]

    pair = [builder.load(place, typ=four, align=16) for place in places(6 * PLANE)]
    both = ir.Constant(ir.VectorType(I32, 8), [0, 4, 1, 5, 2, 6, 3, 7])
    given = builder.shuffle_vector(*pair, both)
    terms, wide = I64(operands.terms), ir.VectorType(DOUBLE, COLUMNS)
    plain = _over(
        builder,
        I64(0),
        terms,
        ir.Constant(wide, None),
        lambda total, k: builder.fadd(total, operands.products(row, k)),
    )
    plain = builder.fadd(plain, builder.fpext(given, wide))
    rounded = builder.fptrunc(plain, ir.VectorType(FLOAT, COLUMNS))
    slot = cgutils.alloca_once_value(builder, rounded)
    with builder.if_then(builder.icmp_unsigned("!=", block, I64(0))):
        builder.store(given, slot)
        with cgutils.for_range_slice(builder, I64(0), terms, block) as (start, _):
            end = builder.add(start, block)
            made = _add_block(builder, operands, row, start, end, builder.load(slot), extra_bits)
            builder.store(made, slot)
    bits = _with_canonical_nan(builder, _where_finite(builder, plain, builder.load(slot), rounded))
    for plane, place in enumerate(places(INPUTS * PLANE)):
        own = ir.Constant(ir.VectorType(I32, 4), [2 * n + plane for n in range(4)])
        builder.store(builder.shuffle_vector(bits, bits, own), place, align=16)
