"""mov, cvt and cvta: a value in another register, as another type, or at another address."""

import re

from llvmlite import ir

from ...lowering import truncation
from ...machine import context
from ..sixteen_bit_floats.bfloat16 import BFLOAT
from ..sixteen_bit_floats.half import HALF
from .assembly import Assembly, bits_of, llvm_type
from .memory import shared_address
from .syntax import Statement
from .table import means

_FORMATS = {"f16": HALF, "bf16": BFLOAT}
_I16 = ir.IntType(16)


@means(r"mov\.([busf](?:16|32|64)|pred)")
def move(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """d = a; or a register from the items of a vector, the lowest first, or into them."""
    (to, source), kind = statement.operands, found[1]
    into, of = assembly.items(to), assembly.items(source)
    if len(of) > 1:
        assembly.write(to, _packed(assembly, of, bits_of(kind)), f"b{bits_of(kind)}")
    elif len(into) > 1:
        _unpack(assembly, into, assembly.read(source, f"b{bits_of(kind)}"))
    else:
        assembly.write(to, assembly.read(source, kind), kind)


def _packed(assembly: Assembly, items: list[str], bits: int) -> ir.Value:
    builder, whole, each = assembly.builder, ir.IntType(bits), bits // len(items)
    made = whole(0)
    for n, item in enumerate(items):
        value = builder.zext(assembly.read(item, f"b{each}"), whole)
        made = builder.or_(made, builder.shl(value, whole(n * each)))
    return made


def _unpack(assembly: Assembly, items: list[str], value: ir.Value) -> None:
    builder, each = assembly.builder, value.type.width // len(items)
    for n, item in enumerate(items):
        part = builder.lshr(value, value.type(n * each))
        assembly.write(item, builder.trunc(part, ir.IntType(each)), f"b{each}")


@means(r"cvt\.rna\.tf32\.f32")
def to_tf32(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The bits of a float32 rounded to TF32: to nearest, ties away; a NaN or Inf stays."""
    builder, I32 = assembly.builder, context.I32
    bits = assembly.read(statement.operands[1], "b32")
    rounded = builder.and_(builder.add(bits, I32(0x1000)), I32(0xFFFFE000))
    exponent = builder.and_(bits, I32(0x7F800000))
    is_finite = builder.icmp_unsigned("!=", exponent, I32(0x7F800000))
    assembly.write(statement.operands[0], builder.select(is_finite, rounded, bits), "b32")


@means(r"cvt\.([us](?:8|16|32|64))\.([us](?:8|16|32|64))")
def resize(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """An integer of another width: cut, or extended by its sign."""
    value = assembly.read(statement.operands[1], found[2])
    have, wanted = value.type.width, llvm_type(found[1])
    if wanted.width < have:
        value = assembly.builder.trunc(value, wanted)
    elif wanted.width > have:
        extend = assembly.builder.sext if found[2][0] == "s" else assembly.builder.zext
        value = extend(value, wanted)
    assembly.write(statement.operands[0], value, found[1])


@means(r"cvt\.rn\.(f32|f64)\.([us](?:16|32|64))")
def from_integer(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The nearest float."""
    value = assembly.read(statement.operands[1], found[2])
    convert = assembly.builder.sitofp if found[2][0] == "s" else assembly.builder.uitofp
    assembly.write(statement.operands[0], convert(value, llvm_type(found[1])), found[1])


@means(r"cvt\.rzi\.([us](?:16|32|64))\.(f32|f64)")
def to_integer(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Toward zero, and no further than the type reaches."""
    value, kind = assembly.read(statement.operands[1], found[2]), found[1]
    made = truncation.cast(assembly.builder, value, llvm_type(kind), kind[0] == "s")
    assembly.write(statement.operands[0], made, kind)


@means(r"cvt\.(?:f64\.f32|rn\.f32\.f64)")
def resize_float(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Between float32 and float64."""
    wanted, given = statement.modifiers[-2:]
    value, builder = assembly.read(statement.operands[1], given), assembly.builder
    convert = builder.fpext if wanted == "f64" else builder.fptrunc
    assembly.write(statement.operands[0], convert(value, llvm_type(wanted)), wanted)


@means(r"cvt\.f32\.(f16|bf16)")
def from_sixteen_bits(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """A float32 of the same value."""
    bits, form = assembly.read(statement.operands[1], "b16"), _FORMATS[found[1]]
    value = form.widen(assembly.builder, assembly.builder.bitcast(bits, form.storage))
    assembly.write(statement.operands[0], value, "f32")


@means(r"cvt\.rn\.(f16|bf16)(x2)?\.f32")
def to_sixteen_bits(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The nearest 16-bit float; of .x2 two in a register, the first operand in its upper half."""
    builder, form = assembly.builder, _FORMATS[found[1]]
    made = ir.IntType(32)(0)
    for item in statement.operands[1:]:
        rounded = form.round(builder, assembly.read(item, "f32"), "rn")
        bits = builder.zext(builder.bitcast(rounded, _I16), made.type)
        made = builder.or_(builder.shl(made, made.type(16)), bits)
    assembly.write(statement.operands[0], made, "b32")


@means(r"cvta(\.to)?\.(global|shared(?:::cta)?|local|const)\.u(?:32|64)")
def convert_address(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """There is one space of addresses; one of shared memory may have lost its high bits."""
    address = assembly.read(statement.operands[1], "u64")
    if found[2].startswith("shared") and not found[1]:
        address = shared_address(assembly.builder, address)
    assembly.write(statement.operands[0], address, "u64")
