"""How a thread waits: it stores where and for what, and switches to the scheduler."""

from llvmlite import ir
from numba.core import types
from numba.core.ir import Loc

from ...functions import traits
from ...machine import context, fibers, hooks, layout


def wait(builder: ir.IRBuilder, state: int, what: str, loc: Loc | None) -> None:
    """Emit a wait in this state. `what` the thread waits at, and its line, are for messages."""
    wait_at(builder, state, traits.current().site(what, loc))


def wait_at(builder: ir.IRBuilder, state: int, site: int) -> None:
    """Emit a wait in this state at a site."""
    traits.current().switches = True
    store_thread_word(builder, layout.SITE, ir.Constant(context.I64, site))
    hooks.event(builder, hooks.WAIT, context.I64(state))
    fibers.leave(builder, state)
    if state == layout.AT_SYNCWARP:
        hooks.event(builder, hooks.WARP_SYNCED)


def yield_if(builder: ir.IRBuilder, unchanged: ir.Value) -> None:
    """Yield to other threads while spinning on a value they will write."""
    traits.current().switches = True
    with builder.if_then(unchanged, likely=False):
        fibers.leave(builder, layout.READY)


def store_thread_word(builder: ir.IRBuilder, word: int, value: ir.Value) -> None:
    """Emit the store of an i64 to a word of the thread's record."""
    context.store_word(builder, context.thread(builder), word, value)


def load_thread_word(builder: ir.IRBuilder, word: int) -> ir.Value:
    """Emit the load of a word of the thread's record."""
    return context.load_word(builder, context.thread(builder), word)


def truth_value(builder: ir.IRBuilder, predicate: ir.Value) -> ir.Value:
    """Return a predicate as an i64, 1 or 0."""
    is_true = builder.icmp_unsigned("!=", predicate, ir.Constant(predicate.type, 0))
    return builder.zext(is_true, context.I64)


def is_predicate(type_: types.Type) -> bool:
    """Return whether the type is a valid predicate."""
    return isinstance(types.unliteral(type_), (types.Integer, types.Boolean))
