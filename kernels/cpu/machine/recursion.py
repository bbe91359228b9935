"""A device function that calls itself: as deep as its thread's stack allows, and an error beyond.

Stacks lie side by side, so a thread that ran past the end of its own would write into another's.
"""

from llvmlite import ir

from ..functions import traits
from . import context, layout

_FRAMES = 1 << 15  # bytes for what a call and those below it need beside local arrays


def check_room(call_conv, builder: ir.IRBuilder) -> None:
    """Raise RecursionError in the kernel where the stack has no room for one more call."""
    frame_address = context.declare(builder, "llvm.frameaddress.p0", context.PTR, [context.I32])
    frame = builder.ptrtoint(builder.call(frame_address, [context.I32(0)]), context.I64)
    stacks = builder.add(
        builder.ptrtoint(context.worker(builder), context.I64), context.I64(layout.STACKS_AT)
    )
    room = builder.urem(builder.sub(frame, stacks), context.I64(layout.STACK))
    needed = _FRAMES + 2 * traits.current().whole().local  # this frame's own are below its address
    is_full = builder.icmp_unsigned("<", room, context.I64(needed))
    with builder.if_then(is_full, likely=False):
        text = f"calls go too deep for a thread's stack of {layout.STACK >> 10} KB"
        call_conv.return_user_exc(builder, RecursionError, (text,))
