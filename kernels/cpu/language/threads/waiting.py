"""How a thread waits: it notes where and for what, and leaves its stack to the scheduler."""

from llvmlite import ir
from numba.core import types
from numba.core.ir import Loc

from ...functions import traits
from ...machine import context, fibers, hooks, layout


def wait(builder: ir.IRBuilder, state: int, what: str, loc: Loc | None) -> None:
    """Leave to the scheduler; `what` the thread waits at, and its line, are for error messages."""
    found = traits.current()
    found.switches = True
    site = found.site(what, loc)
    store_thread_word(builder, layout.SITE, ir.Constant(context.I64, site))
    hooks.event(builder, hooks.WAIT, context.I64(state))
    fibers.leave(builder, state)
    if state == layout.AT_SYNCWARP:
        hooks.event(builder, hooks.WARP_SYNCED)


def yield_if(builder: ir.IRBuilder, in_vain: ir.Value) -> None:
    """Let others run where a thread has looked in vain for what another has still to do."""
    traits.current().switches = True
    with builder.if_then(in_vain, likely=False):
        fibers.leave(builder, layout.READY)


def store_thread_word(builder: ir.IRBuilder, word: int, value: ir.Value) -> None:
    """Store an i64 in a word of the thread's record."""
    context.store_word(builder, context.thread(builder), word, value)


def load_thread_word(builder: ir.IRBuilder, word: int) -> ir.Value:
    """Load a word of the thread's record."""
    return context.load_word(builder, context.thread(builder), word)


def truth_value(builder: ir.IRBuilder, predicate: ir.Value) -> ir.Value:
    """Return 1 or 0 as an i64 for an integer or boolean."""
    is_true = builder.icmp_unsigned("!=", predicate, ir.Constant(predicate.type, 0))
    return builder.zext(is_true, context.I64)


def is_predicate(type_: types.Type) -> bool:
    """Say whether a value of this type can be a predicate."""
    return isinstance(types.unliteral(type_), (types.Integer, types.Boolean))
