"""Calls of an instrumented kernel to the sanitizer's runtime: for each access, and each event.

They go to symbols, so that a kernel loaded from disk finds the runtime of its own process. Their
arguments are passed in the worker record, not on the fiber's stack.
"""

from llvmlite import ir

from ..functions import traits
from . import context, fibers, layout

ACCESS, EVENT = f"{__package__}.access", f"{__package__}.event"

# Kinds of access.
LOAD, STORE, ATOMIC = 0, 1, 2
NO_ACCESS = 3  # stands for the second access of a finding that is about one
SAME_VALUE = 4  # stands for an earlier store of the value that is stored again
COPY = 5  # stands for an asynchronous copy that has not landed, to the element
COPY_SOURCE = 6  # and for one from it

# Events, with their operands.
THREAD_BEGINS = 0
LOCAL_ARRAY = 1  # a local array is created: address, bytes
WAIT = 2  # the thread is about to wait: the state of its record
WARP_SYNCED = 3  # a syncwarp is complete; PARTICIPANTS says for which lanes
FENCE = 4  # a memory fence: 1 when it is for the block only
COPY_STARTED = 5  # what was just stored is an asynchronous copy: address, packed access
COPIES_COMMITTED = 6  # the copies of the thread since the last one are a group
COPIES_AWAITED = 7  # groups of the thread have landed: how many, its last ones, have not
COPY_READS = 8  # what was just read is what that copy reads: address, packed access

# An access packed into one word: its site from bit 24 on, the rank of its index, its size in bytes,
# a bit that is 1 where no index of an array was tested but an address is used, one that is 1 where
# a store leaves the element as it is, and its kind in the lowest bits.
SITE_SHIFT, RANK_SHIFT, SIZE_SHIFT, BARE_SHIFT, UNCHANGED_SHIFT = 24, 16, 4, 3, 2

_BARE = f"{__package__}.bare_access"


def packed_access(site: int, rank: int, size: int, kind: int) -> int:
    """Pack an access into one word. A size that does not fit becomes the largest that does."""
    most = (1 << RANK_SHIFT - SIZE_SHIFT) - 1
    return site << SITE_SHIFT | rank << RANK_SHIFT | min(size, most) << SIZE_SHIFT | kind


def _call(builder: ir.IRBuilder, name: str, arguments: list[ir.Value]) -> ir.Value:
    worker = context.worker(builder)
    for number, value in enumerate(arguments):
        context.store_word(builder, worker, layout.HOOK_ARGUMENTS + number, value)
    function = context.declare(builder, name, context.I32, [context.PTR])
    return builder.call(function, [context.word_address(builder, worker, layout.HOOK_ARGUMENTS)])


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


def bare_access(builder: ir.IRBuilder, address: ir.Value, packed: int) -> None:
    """Call the runtime before an access by an address; the thread ends where it has none.

    It emits one instruction, so it can go between others. Its kernel needs a fiber per thread.
    """
    traits.current().switches = True
    word = context.I64(packed | 1 << BARE_SHIFT)
    builder.call(_checked_access(builder.module), [address, word])


def _checked_access(module: ir.Module) -> ir.Function:
    """Return the module's function that calls the runtime, and leaves a thread it finds wrong."""
    found = module.globals.get(_BARE)
    if found:
        return found
    kind = ir.FunctionType(ir.VoidType(), [context.I64, context.I64])
    function = ir.Function(module, kind, _BARE)
    function.linkage = "linkonce_odr"  # each device function's module has it
    function.attributes.add("noinline")
    builder = ir.IRBuilder(function.append_basic_block("entry"))
    code = _call(builder, ACCESS, list(function.args))
    with builder.if_then(builder.icmp_signed("!=", code, context.I32(0)), likely=False):
        status = builder.sext(code, context.I64)
        context.store_word(builder, context.worker(builder), layout.STATUS, status)
        fibers.leave(builder, layout.FAILED)
    builder.ret_void()
    return function


def event(builder: ir.IRBuilder, kind: int, *operands: ir.Value) -> None:
    """Call the runtime at an event; emits nothing unless accesses are instrumented."""
    if traits.Instrumentation.ACCESSES in traits.current().instrumentation:
        none = [context.I64(0)] * (2 - len(operands))
        _call(builder, EVENT, [context.I64(kind), *operands, *none])
