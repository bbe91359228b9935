"""Recursive device functions: a RecursionError where the thread's stack has no room left.

Stacks lie side by side: without it a thread would overflow into the stack of another.
"""

from llvmlite import ir

from ..functions import traits
from . import context, layout

_FRAMES = 1 << 15  # bytes that a call and its callees need besides local arrays


def check_stack_room(call_conv, builder: ir.IRBuilder) -> None:
    """Emit a RecursionError where the stack has no room for one more call."""
    frame_address = context.declare(builder, "llvm.frameaddress.p0", context.PTR, [context.I32])
    frame = builder.ptrtoint(builder.call(frame_address, [context.I32(0)]), context.I64)
    stacks = builder.add(
        builder.ptrtoint(context.worker(builder), context.I64), context.I64(layout.STACKS_OFFSET)
    )
    room = builder.urem(builder.sub(frame, stacks), context.I64(layout.STACK))
    # Twice: this frame's local arrays lie below its address, and the next call needs its own.
    needed = _FRAMES + 2 * traits.current().merged().local
    is_full = builder.icmp_unsigned("<", room, context.I64(needed))
    with builder.if_then(is_full, likely=False):
        text = f"calls go too deep for a thread's stack of {layout.STACK >> 10} KB"
        call_conv.return_user_exc(builder, RecursionError, (text,))
