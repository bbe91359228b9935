"""Instructions of a warp: mma.sync and ldmatrix."""

import re

from numba.core import cgutils

from ...machine import context, hooks
from . import collective, tensor_core
from .assembly import Assembly
from .collective import RESULTS, at
from .memory import note_access, shared_address
from .syntax import Statement
from .table import means

_TF32 = r"m16n8k8\.row\.col\.f32\.tf32\.tf32"
_HALF = r"m16n8k16\.row\.col\.f32\.(?:f16\.f16|bf16\.bf16)"
_MMA = rf"mma\.sync\.aligned\.(?:{_TF32}|{_HALF})\.f32"


@means(_MMA)
def multiply(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """d = a b + c: 16 x 8 sums of 8 or 16 products (tensor_core.py)."""
    kind = statement.modifiers[-2]
    d, a, b, c = (assembly.items(operand) for operand in statement.operands)
    inputs = [assembly.read(item, "b32") for item in (*a, *b, *c)]
    name, compute = f"mma.sync.{kind}", tensor_core.compute(kind)
    made = collective.execute(assembly.builder, name, assembly.loc, inputs, 4, compute)
    for item, value in zip(d, made, strict=True):
        assembly.write(item, value, "b32")


@means(r"ldmatrix\.sync\.aligned\.m8n8\.x([124])(\.trans)?\.shared(?:::cta)?\.b16")
def load_matrices(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """1, 2 or 4 matrices of 8 x 8 elements of 16 bits, whose rows lanes 0 to 7, ... name.

    Each lane gets two neighbours of a row of each, or with .trans of a column.
    """
    builder, count, transposed = assembly.builder, int(found[1]), bool(found[2])
    address = shared_address(builder, assembly.address(statement.operands[1]))
    name = f"ldmatrix.x{count}{'.trans' if transposed else ''}"
    note_access(assembly, name, address, 16, hooks.LOAD, lanes=8 * count)

    def compute(builder, worker, scratch) -> None:
        with cgutils.for_range(builder, context.I64(8 * count)) as loop:
            row = at(builder, scratch, 0, loop.index, 8)
            source = builder.inttoptr(builder.load(row, typ=context.I64), context.PTR)
            if not transposed:
                to = at(builder, scratch, RESULTS, builder.mul(loop.index, context.I64(16)), 1)
                cgutils.raw_memcpy(builder, to, source, context.I64(16), 1)
                return
            with cgutils.for_range(builder, context.I64(8)) as column:
                place = at(builder, source, 0, column.index, 2)
                # Element [row, column] of a matrix is at [column, row] of the 8 x 8 results.
                matrix = builder.and_(loop.index, context.I64(-8))
                number = builder.add(matrix, column.index)
                number = builder.mul(number, context.I64(8))
                number = builder.add(number, builder.and_(loop.index, context.I64(7)))
                to = at(builder, scratch, RESULTS, number, 2)
                builder.store(builder.load(place, typ=collective.I16), to)

    loaded = collective.execute(builder, name, assembly.loc, [address], count, compute)
    for item, value in zip(assembly.items(statement.operands[0]), loaded, strict=True):
        assembly.write(item, value, "b32")
