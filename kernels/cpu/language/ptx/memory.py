"""Loads and stores, scalar and of vectors, and asynchronous copies (cp.async)."""

import re

from llvmlite import ir
from numba.core import cgutils

from ...functions import traits
from ...machine import context, hooks, layout, preemption
from ..memory.async_copies import note_copy
from ..threads import coordinates
from .assembly import Assembly, bits_of, llvm_type
from .syntax import PtxError, Statement
from .table import means

_SPACE = r"(\.global|\.shared(?:::cta)?)?"
_HINTS = r"(?:\.(?:nc|ca|cg|cs|lu|cv|wb|wt|L1::\w+|L2::\w+))*"
_ORDER = r"(?:\.volatile|\.weak)?"
_VECTOR = r"(?:\.v([248]))?\.([busf](?:8|16|32|64))"


def shared_address(builder: ir.IRBuilder, address: ir.Value) -> ir.Value:
    """Return where an address of shared memory is: its lowest bits count from the worker's start.

    So an address may have been cut to 32 bits, as PTX's are.
    """
    worker = builder.ptrtoint(context.worker(builder), context.I64)
    return builder.or_(worker, builder.and_(address, context.I64(layout.ARENA - 1)))


def note_access(
    assembly: Assembly, name: str, address: ir.Value, size: int, kind: int, lanes: int = 32
) -> None:
    """Show an access to the sanitizer: of the first `lanes` lanes only."""
    builder, found = assembly.builder, traits.current()
    if traits.Instrumentation.PREEMPTION in found.instrumentation:
        found.switches = True
        preemption.before_access(builder)
    if traits.Instrumentation.ACCESSES not in found.instrumentation:
        return
    packed = hooks.packed_access(found.site(f"what {name} accesses", assembly.loc), 0, size, kind)
    lane = coordinates.lane_id(builder)
    with builder.if_then(builder.icmp_unsigned("<", lane, context.I64(lanes))):
        hooks.bare_access(builder, address, packed)


def _place(assembly: Assembly, operand: str, space: str | None) -> ir.Value:
    address = assembly.address(operand)
    is_shared = space is not None and space.startswith(".shared")
    return shared_address(assembly.builder, address) if is_shared else address


@means(rf"ld{_ORDER}{_SPACE}{_HINTS}{_VECTOR}")
def load(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """1, 2, 4 or 8 neighbours."""
    builder, kind = assembly.builder, found[3]
    items, size = assembly.items(statement.operands[0]), bits_of(kind) // 8
    address = _place(assembly, statement.operands[1], found[1])
    note_access(assembly, found[0], address, size * len(items), hooks.LOAD)
    for number, item in enumerate(items):
        place = builder.inttoptr(builder.add(address, context.I64(number * size)), context.PTR)
        assembly.write(item, builder.load(place, typ=llvm_type(kind), align=size), kind)


@means(rf"st{_ORDER}{_SPACE}{_HINTS}{_VECTOR}")
def store(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """1, 2, 4 or 8 neighbours."""
    builder, kind = assembly.builder, found[3]
    items, size = assembly.items(statement.operands[1]), bits_of(kind) // 8
    address = _place(assembly, statement.operands[0], found[1])
    note_access(assembly, found[0], address, size * len(items), hooks.STORE)
    for number, item in enumerate(items):
        place = builder.inttoptr(builder.add(address, context.I64(number * size)), context.PTR)
        builder.store(assembly.read(item, kind), place, align=size)


@means(r"cp\.async\.(?:ca|cg)\.shared(?:::cta)?\.global(?:\.L2::\w+)?")
def copy_async(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """4, 8 or 16 bytes to shared memory; what a last operand leaves out of them is 0."""
    builder = assembly.builder
    to, source, size, *read = statement.operands
    if size not in ("4", "8", "16"):
        raise PtxError(f"inline PTX: {statement.text!r} copies {size} bytes; expected 4, 8 or 16")
    count = context.I64(int(size))
    given = assembly.read(read[0], "u32") if read else context.I32(int(size))
    to = shared_address(builder, assembly.address(to))
    source = assembly.address(source)
    is_whole = builder.icmp_unsigned("==", given, context.I32(int(size)))
    with builder.if_else(is_whole) as (whole, part):
        with whole:
            _note_source(assembly, found[0], source, int(size))
        with part, cgutils.for_range(builder, builder.zext(given, context.I64)) as byte:
            _note_source(assembly, found[0], builder.add(source, byte.index), 1)
    note_access(assembly, found[0], to, int(size), hooks.STORE)
    pointer, source = (builder.inttoptr(each, context.PTR) for each in (to, source))
    cgutils.memset(builder, pointer, count, 0)
    cgutils.raw_memcpy(builder, pointer, source, builder.zext(given, context.I64), 1)
    note_copy(builder, hooks.COPY_STARTED, to, int(size), assembly.loc)


def _note_source(assembly: Assembly, name: str, address: ir.Value, size: int) -> None:
    note_access(assembly, name, address, size, hooks.LOAD)
    note_copy(assembly.builder, hooks.COPY_READS, address, size, assembly.loc)


@means(r"cp\.async\.commit_group")
def commit(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The copies since the last one become a group."""
    hooks.event(assembly.builder, hooks.COPIES_COMMITTED)


@means(r"cp\.async\.wait_(?:group|all)")
def wait(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """All groups but the last ones have landed."""
    if statement.operands:
        hooks.event(
            assembly.builder, hooks.COPIES_AWAITED, assembly.read(statement.operands[0], "u64")
        )
    else:
        hooks.event(assembly.builder, hooks.COPIES_COMMITTED)
        hooks.event(assembly.builder, hooks.COPIES_AWAITED, context.I64(0))
