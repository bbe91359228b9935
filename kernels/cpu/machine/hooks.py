"""Calls of an instrumented kernel to the sanitizer's runtime: for each access, and each event.

They go to symbols, so that a kernel loaded from disk finds the runtime of its own process. Their
arguments are passed in the worker record, not on the fiber's stack.
"""

from llvmlite import ir

from ..functions import traits
from . import context, layout

ACCESS, EVENT = f"{__package__}.access", f"{__package__}.event"

# Kinds of access.
LOAD, STORE, ATOMIC = 0, 1, 2
NO_ACCESS = 3  # stands for the second access of a finding that is about one
SAME_VALUE = 4  # stands for an earlier store of the value that is stored again
COPY = 5  # stands for an asynchronous copy that has not landed

# Events, with their operands.
THREAD_BEGINS = 0
LOCAL_ARRAY = 1  # a local array is created: address, bytes
WAIT = 2  # the thread is about to wait: the state of its record
WARP_SYNCED = 3  # a syncwarp is complete; PARTICIPANTS says for which lanes
FENCE = 4  # a memory fence: 1 when it is for the block only
COPY_STARTED = 5  # what was just stored is an asynchronous copy: address, packed access
COPIES_COMMITTED = 6  # the copies of the thread since the last one are a group
COPIES_AWAITED = 7  # groups of the thread have landed: how many, its last ones, have not

# An access packed into one word: its site from bit 24 on, the rank of its index, its size in bytes,
# a bit that is 1 where a store leaves the element as it is, and its kind in the lowest bits.
SITE_SHIFT, RANK_SHIFT, SIZE_SHIFT, UNCHANGED_SHIFT = 24, 16, 4, 2


def packed_access(site: int, rank: int, size: int, kind: int) -> int:
    """Pack an access into one word. A size that does not fit becomes the largest that does."""
    most = (1 << RANK_SHIFT - SIZE_SHIFT) - 1
    return site << SITE_SHIFT | rank << RANK_SHIFT | min(size, most) << SIZE_SHIFT | kind


def _call(builder: ir.IRBuilder, name: str, arguments: list[ir.Value]) -> None:
    worker = context.worker(builder)
    for number, value in enumerate(arguments):
        context.store_word(builder, worker, layout.HOOK_ARGUMENTS + number, value)
    function = context.declare(builder, name, context.I32, [context.PTR])
    builder.call(function, [context.word_address(builder, worker, layout.HOOK_ARGUMENTS)])


def access(
    builder: ir.IRBuilder, address: ir.Value, packed: int, unchanged: ir.Value | None = None
) -> None:
    """Call the runtime before an access to the element at `address`.

    `unchanged` says whether a store leaves the element as it is; None where that is unknown.
    """
    word = context.I64(packed)
    if unchanged is not None:
        flag = builder.zext(unchanged, context.I64)
        word = builder.or_(word, builder.shl(flag, context.I64(UNCHANGED_SHIFT)))
    _call(builder, ACCESS, [address, word])


def event(builder: ir.IRBuilder, kind: int, *operands: ir.Value) -> None:
    """Call the runtime at an event; emits nothing unless accesses are instrumented."""
    if traits.Instrumentation.ACCESSES in traits.current().instrumentation:
        none = [context.I64(0)] * (2 - len(operands))
        _call(builder, EVENT, [context.I64(kind), *operands, *none])
