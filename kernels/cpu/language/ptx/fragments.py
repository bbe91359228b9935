"""The operands of mma.sync, in doubles: what each lane holds, put in order.

What a lane holds is NVIDIA's choice (PTX ISA, "Matrix fragments for mma.m16n8k8"). Of lane 4 g + t
the words of A are in rows g and g + 8, those of B in column g; t counts along k, from 0 and from
the middle.
"""

from llvmlite import ir

from ...machine import context, layout
from .collective import PLANE, at

DOUBLE, FLOAT, I32, I64 = ir.DoubleType(), ir.FloatType(), context.I32, context.I64
KINDS = {"tf32": 8, "f16": 16, "bf16": 16}  # products in a sum, by the type of the operands
ROWS, COLUMNS = 16, 8
BIAS, MANTISSA = 1023, 52  # of a double


def vector(value: int | float, kind: ir.Type, count: int = COLUMNS) -> ir.Constant:
    return ir.Constant(ir.VectorType(kind, count), [value] * count)


def splat(builder: ir.IRBuilder, value: ir.Value, count: int = COLUMNS) -> ir.Value:
    one = builder.insert_element(ir.Constant(ir.VectorType(value.type, count), None), value, I32(0))
    return builder.shuffle_vector(one, one, vector(0, I32, count))


def _floats(builder: ir.IRBuilder, words: ir.Value, kind: str) -> list[ir.Value]:
    """Return the numbers in words of all lanes, as doubles: one of each word, or two."""
    count = words.type.count
    floats = ir.VectorType(FLOAT, count)

    def number(bits: ir.Value) -> ir.Value:
        return builder.fpext(builder.bitcast(bits, floats), ir.VectorType(DOUBLE, count))

    def of(value: int) -> ir.Constant:
        return vector(value, I32, count)

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
    scale = vector(2.0**112, FLOAT, half.type.count)  # the difference of the exponents' biases
    finite = builder.bitcast(builder.fmul(builder.bitcast(size, floats), scale), half.type)
    is_finite = builder.icmp_unsigned("<", size, of(0x0F800000))
    size = builder.select(is_finite, finite, builder.or_(size, of(0x7F800000)))
    return builder.or_(size, builder.shl(builder.and_(half, of(0x8000)), of(16)))


def exponents_of(builder: ir.IRBuilder, doubles: ir.Value) -> ir.Value:
    """Return the exponents of doubles as i32; that of 0 is below all others."""
    count = doubles.type.count
    bits = builder.bitcast(doubles, ir.VectorType(I64, count))
    field = builder.and_(
        builder.lshr(bits, vector(MANTISSA, I64, count)), vector(0x7FF, I64, count)
    )
    biased = builder.trunc(field, ir.VectorType(I32, count))
    return builder.sub(biased, vector(BIAS, I32, count))


class Operands:
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
                exponents = exponents_of(builder, values)
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
        return splat(builder, one), builder.load(eight, align=4)

    def products(self, row: ir.Value, k: ir.Value) -> ir.Value:
        """Return A[row, k] B[k, :]."""
        given = self._row_and_columns(self._rows, self._columns, row, k)
        return self.builder.fmul(*given)

    def exponents(self, row: ir.Value, k: ir.Value) -> ir.Value:
        """Return the sums of their factors' exponents."""
        arrays = self._row_exponents, self._column_exponents
        return self.builder.add(*self._row_and_columns(*arrays, row, k))
