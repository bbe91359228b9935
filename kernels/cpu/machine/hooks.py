"""What an instrumented kernel tells the runtime: each access to an array, and each event.

The calls go to symbols, so that a kernel kept on disk finds the runtime of its own process. Their
arguments lie in the worker record, from record.HOOK on: no fiber needs stack for them.
"""

from llvmlite import ir

from ..functions import traits
from . import context, layout

ACCESS, EVENT = f"{__package__}.access", f"{__package__}.event"

# Kinds of access.
LOAD, STORE, ATOMIC = 0, 1, 2
NOBODY = 3  # in place of the other access, where a finding is about one

# Events, with their operands.
BEGIN = 0  # a thread of a block begins
LOCAL = 1  # a local array comes to be: address, bytes
WAIT = 2  # the thread is about to wait, in this state of its record
MET = 3  # the lanes of a syncwarp have come; PRESENT says which
FENCE = 4  # a memory fence; 1 when it is for its block only

# What an access is, in one word: the site from bit 24 on, then how many numbers its index has, its
# size in bytes, and its kind.
SITE_AT, RANK_AT, SIZE_AT = 24, 16, 4


def what(site: int, rank: int, size: int, kind: int) -> int:
    """Pack an access into a word; of a field that is a large array its first bytes stand for it."""
    most = (1 << RANK_AT - SIZE_AT) - 1
    return site << SITE_AT | rank << RANK_AT | min(size, most) << SIZE_AT | kind


def _call(builder: ir.IRBuilder, name: str, arguments: list[ir.Value]) -> None:
    worker = context.worker(builder)
    for number, value in enumerate(arguments):
        context.put(builder, worker, layout.HOOK + number, value)
    function = context.declare(builder, name, context.I32, [context.PTR])
    builder.call(function, [context.slot(builder, worker, layout.HOOK)])


def access(builder: ir.IRBuilder, address: ir.Value, what: int) -> None:
    """Tell of an access to the element at `address`, before it happens."""
    _call(builder, ACCESS, [address, context.I64(what)])


def event(builder: ir.IRBuilder, kind: int, *operands: ir.Value) -> None:
    """Tell of an event; nothing in a kernel that is not instrumented for it."""
    if traits.current().instrumentation == traits.Instrumentation.ACCESSES:
        none = [context.I64(0)] * (2 - len(operands))
        _call(builder, EVENT, [context.I64(kind), *operands, *none])
