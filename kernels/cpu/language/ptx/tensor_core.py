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

DOUBLE, FLOAT, I32, I64 = ir.DoubleType(), ir.FloatType(), context.I32, context.I64
KINDS = {"tf32": 8, "f16": 16, "bf16": 16}  # products in a sum, by the type of the operands
ROWS, COLUMNS = 16, 8
_LEAST_EXPONENT, _BIAS, _MANTISSA = -126, 1023, 52


def _vector(value: int | float, kind: ir.Type, count: int = COLUMNS) -> ir.Constant:
    return ir.Constant(ir.VectorType(kind, count), [value] * count)


def _splat(builder: ir.IRBuilder, value: ir.Value, count: int = COLUMNS) -> ir.Value:
    one = builder.insert_element(ir.Constant(ir.VectorType(value.type, count), None), value, I32(0))
    return builder.shuffle_vector(one, one, _vector(0, I32, count))


def _floats(builder: ir.IRBuilder, words: ir.Value, kind: str) -> list[ir.Value]:
    """Return the numbers in words of all lanes, as doubles: one of each word, or two."""
    count = words.type.count
    floats = ir.VectorType(FLOAT, count)

    def number(bits: ir.Value) -> ir.Value:
        return builder.fpext(builder.bitcast(bits, floats), ir.VectorType(DOUBLE, count))

    def of(value: int) -> ir.Constant:
        return _vector(value, I32, count)

    if kind == "tf32":
        return [number(builder.and_(words, of(0xFFFFE000)))]
    if kind == "bf16":
        return [number(builder.shl(words, of(16))), number(builder.and_(words, of(0xFFFF0000)))]
    halves = builder.and_(words, of(0xFFFF)), builder.lshr(words, of(16))
    return [number(_from_half(builder, half, of)) for half in halves]


def _from_half(builder: ir.IRBuilder, half: ir.Value, of) -> ir.Value:
    """Return the bits of a float16 as those of a float32."""
    size = builder.shl(builder.and_(half, of(0x7FFF)), of(13))
    floats = ir.VectorType(FLOAT, half.type.count)
    scale = _vector(2.0**112, FLOAT, half.type.count)  # the difference of the exponents' biases
    finite = builder.bitcast(builder.fmul(builder.bitcast(size, floats), scale), half.type)
    is_finite = builder.icmp_unsigned("<", size, of(0x0F800000))
    size = builder.select(is_finite, finite, builder.or_(size, of(0x7F800000)))
    return builder.or_(size, builder.shl(builder.and_(half, of(0x8000)), of(16)))


def _exponents(builder: ir.IRBuilder, doubles: ir.Value) -> ir.Value:
    """Return the exponents of doubles as i32; that of 0 is below all others."""
    count = doubles.type.count
    bits = builder.bitcast(doubles, ir.VectorType(I64, count))
    field = builder.and_(
        builder.lshr(bits, _vector(_MANTISSA, I64, count)), _vector(0x7FF, I64, count)
    )
    biased = builder.trunc(field, ir.VectorType(I32, count))
    return builder.sub(biased, _vector(_BIAS, I32, count))


def _power_of_two(builder: ir.IRBuilder, exponents: ir.Value) -> ir.Value:
    biased = builder.add(exponents, _vector(_BIAS, I32))
    wide = builder.zext(biased, ir.VectorType(I64, COLUMNS))
    bits = builder.shl(wide, _vector(_MANTISSA, I64))
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


class _Operands:
    """The rows of A and the columns of B as doubles with their exponents, by k, on the stack."""

    def __init__(self, builder: ir.IRBuilder, scratch: ir.Value, kind: str) -> None:
        self.builder, self.terms = builder, KINDS[kind]
        self._each = self.terms // 8  # numbers in a word
        lanes = layout.WARP_SIZE
        self._rows = builder.alloca(DOUBLE, ROWS * self.terms)
        self._columns = builder.alloca(DOUBLE, COLUMNS * self.terms)
        self._row_exponents = builder.alloca(I32, ROWS * self.terms)
        self._column_exponents = builder.alloca(I32, COLUMNS * self.terms)
        words = ir.VectorType(I32, lanes)
        for plane in range(6):
            place = at(builder, scratch, plane * PLANE, I64(0), 4)
            numbers = _floats(builder, builder.load(place, typ=words, align=64), kind)
            for element, values in enumerate(numbers):
                exponents = _exponents(builder, values)
                if plane < 4:
                    self._store_rows(plane, element, values, exponents)
                else:
                    self._store_columns(plane - 4, element, values, exponents)

    def _k(self, half: int, element: int, lane: int) -> int:
        """Return k of what a lane, 0 to 3 in its group, has in a word of this half."""
        return self.terms // 2 * half + self._each * lane + element

    def _store_rows(self, plane: int, element: int, values, exponents) -> None:
        """Store A by k: 8 rows of each, of both halves of the rows: [k][16]."""
        for lane in range(4):
            first = self._k(plane // 2, element, lane) * ROWS + plane % 2 * 8
            self._store_eight(self._rows, self._row_exponents, first, lane, values, exponents)

    def _store_columns(self, plane: int, element: int, values, exponents) -> None:
        for lane in range(4):
            first = self._k(plane, element, lane) * COLUMNS
            self._store_eight(self._columns, self._column_exponents, first, lane, values, exponents)

    def _store_eight(self, numbers, their_exponents, first: int, lane: int, values, exponents):
        """Store what the lanes 4 g + `lane` have, for g from 0 to 7."""
        mask = ir.Constant(ir.VectorType(I32, 8), [4 * group + lane for group in range(8)])
        for to, of in ((numbers, values), (their_exponents, exponents)):
            eight = self.builder.shuffle_vector(of, of, mask)
            place = self.builder.gep(to, [I64(first)])
            self.builder.store(eight, self.builder.bitcast(place, eight.type.as_pointer()), align=4)

    def _row_and_columns(self, rows, columns, row: ir.Value, k: ir.Value):
        builder = self.builder
        one = builder.load(builder.gep(rows, [builder.add(builder.mul(k, I64(ROWS)), row)]))
        eight = builder.gep(columns, [builder.mul(k, I64(COLUMNS))])
        eight = builder.bitcast(eight, ir.VectorType(one.type, COLUMNS).as_pointer())
        return _splat(builder, one), builder.load(eight, align=4)

    def products(self, row: ir.Value, k: ir.Value) -> ir.Value:
        """Return A[row, k] B[k, :]."""
        given = self._row_and_columns(self._rows, self._columns, row, k)
        return self.builder.fmul(*given)

    def exponents(self, row: ir.Value, k: ir.Value) -> ir.Value:
        """Return the sums of their factors' exponents."""
        arrays = self._row_exponents, self._column_exponents
        return self.builder.add(*self._row_and_columns(*arrays, row, k))


def _over(builder: ir.IRBuilder, first: ir.Value, end: ir.Value, start: ir.Value, step) -> ir.Value:
    """Return step(... step(start, first) ..., end - 1), in a loop."""
    slot = cgutils.alloca_once_value(builder, start)
    with cgutils.for_range_slice(builder, first, end, I64(1)) as (k, _):
        builder.store(step(builder.load(slot), k), slot)
    return builder.load(slot)


def _add_block(builder, operands: _Operands, row, first, end, accumulator, extra_bits) -> ir.Value:
    """Return the accumulator, floats, after the products of a block, from `first` to `end`."""
    wide = builder.fpext(accumulator, ir.VectorType(DOUBLE, COLUMNS))
    least = _larger(builder, _exponents(builder, wide), _vector(_LEAST_EXPONENT, I32))
    high = _over(
        builder,
        first,
        end,
        least,
        lambda most, k: _larger(builder, most, operands.exponents(row, k)),
    )
    kept = _splat(builder, builder.add(builder.trunc(extra_bits, I32), I32(23)))
    exponents = builder.sub(high, kept)
    unit = _power_of_two(builder, exponents)
    units = _power_of_two(builder, builder.sub(_vector(0, I32), exponents))

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


def compute(kind: str):
    """Return what emits the products of a warp's A and B, added to C, for operands of a kind."""

    def emit(builder: ir.IRBuilder, worker: ir.Value, scratch: ir.Value) -> None:
        operands = _Operands(builder, scratch, kind)
        block, extra_bits = (
            context.load_word(builder, worker, word)
            for word in (layout.MMA_BLOCK, layout.MMA_EXTRA_BITS)
        )
        block = builder.mul(block, I64(operands.terms // 8))  # 16-bit operands: twice as many
        with cgutils.for_range(builder, I64(ROWS)) as loop:
            _emit_row(builder, operands, scratch, loop.index, block, extra_bits)

    return emit


def _emit_row(builder, operands: _Operands, scratch, row, block, extra_bits) -> None:
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
    size = _of_doubles(builder, "fabs", plain)
    is_finite = builder.fcmp_ordered("<", size, _vector(float("inf"), DOUBLE))
    made = builder.select(is_finite, builder.load(slot), rounded)
    is_number = builder.fcmp_ordered("ord", made, made)
    bits = builder.bitcast(made, ir.VectorType(I32, COLUMNS))
    bits = builder.select(is_number, bits, _vector(0x7FFFFFFF, I32))
    for plane, place in enumerate(places(INPUTS * PLANE)):
        own = ir.Constant(ir.VectorType(I32, 4), [2 * n + plane for n in range(4)])
        builder.store(builder.shuffle_vector(bits, bits, own), place, align=16)
