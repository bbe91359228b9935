"""syncthreads and its voting forms, memory fences, and nanosleep.

A fence is LLVM's, since blocks run on several cores. The threads of one block share a core and
switch only where one waits, so they see each other's writes in order anyway. A thread that polls
memory has a fence in its loop, so a fence also yields to the others.
"""

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...functions import traits
from ...machine import context, hooks, layout
from .waiting import load_thread_word, store_thread_word, truth_value, wait, yield_if


@intrinsic
def syncthreads(typing_context):
    """Wait for every thread of the block; then all see each other's writes."""

    def lower(target, builder, signature, arguments, loc=None):
        wait(builder, layout.AT_BARRIER, "cuda.syncthreads()", loc)
        return target.get_dummy_value()

    return types.none(), lower


def _voting(name: str, result):
    """Return a barrier whose value is result(builder, votes, threads), each an i64."""

    def define(typing_context, predicate):
        if not isinstance(types.unliteral(predicate), types.Integer):
            expected = "an integer"
            raise TypingError(f"cuda.{name} is given {predicate}; expected {expected}")

        def lower(target, builder, signature, arguments, loc=None):
            store_thread_word(builder, layout.VALUE, truth_value(builder, arguments[0]))
            wait(builder, layout.AT_VOTE, f"cuda.{name}()", loc)
            votes, threads = (
                load_thread_word(builder, layout.PUBLISHED),
                load_thread_word(builder, layout.PARTICIPANTS),
            )
            return builder.trunc(result(builder, votes, threads), context.I32)

        return types.int32(types.int32), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


def _as_word(builder: ir.IRBuilder, condition: ir.Value) -> ir.Value:
    return builder.zext(condition, context.I64)


syncthreads_count = _voting("syncthreads_count", lambda builder, votes, threads: votes)
syncthreads_and = _voting(
    "syncthreads_and",
    lambda builder, votes, threads: _as_word(builder, builder.icmp_signed("==", votes, threads)),
)
syncthreads_or = _voting(
    "syncthreads_or",
    lambda builder, votes, threads: _as_word(
        builder, builder.icmp_signed("!=", votes, ir.Constant(context.I64, 0))
    ),
)


def _fence(name: str, is_for_block: bool):
    def define(typing_context):
        def lower(target, builder, signature, arguments):
            emit_fence(builder, is_for_block)
            return target.get_dummy_value()

        return types.none(), lower

    define.__name__ = define.__qualname__ = name
    return intrinsic(define)


def emit_fence(builder: ir.IRBuilder, is_for_block: bool) -> None:
    """Emit a fence of the thread, for its block or for the grid."""
    builder.fence("seq_cst")
    traits.current().fences = True
    hooks.event(builder, hooks.FENCE, context.I64(int(is_for_block)))
    yield_if(builder, ir.Constant(context.I1, 1))


threadfence = _fence("threadfence", False)
threadfence_block = _fence("threadfence_block", True)
threadfence_system = _fence("threadfence_system", False)


@intrinsic
def nanosleep(typing_context, ns):
    """Yield to the other threads, for however long; `ns` does not matter."""

    def lower(target, builder, signature, arguments):
        yield_if(builder, ir.Constant(context.I1, 1))
        return target.get_dummy_value()

    return types.void(types.uint32), lower
