"""Instructions on registers."""

import re

from ...machine import context
from .assembly import Assembly
from .syntax import Statement
from .table import means


@means(r"mov\.([busf](?:16|32|64)|pred)")
def move(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """d = a."""
    assembly.write(statement.operands[0], assembly.read(statement.operands[1], found[1]), found[1])


@means(r"cvt\.rna\.tf32\.f32")
def to_tf32(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The bits of a float32 rounded to TF32: to nearest, ties away; a NaN or Inf stays."""
    builder, I32 = assembly.builder, context.I32
    bits = assembly.read(statement.operands[1], "b32")
    rounded = builder.and_(builder.add(bits, I32(0x1000)), I32(0xFFFFE000))
    exponent = builder.and_(bits, I32(0x7F800000))
    is_finite = builder.icmp_unsigned("!=", exponent, I32(0x7F800000))
    assembly.write(statement.operands[0], builder.select(is_finite, rounded, bits), "b32")
