"""Atomic operations without a lock, on memory that only one core uses.

Shared and local arrays are in their worker's memory, and a block's threads switch only where one
waits. So an atomic operation on them can be a load, an operation and a store, which takes a
fraction of the time of a locked instruction. The address decides, when the kernel runs.
"""

from llvmlite import ir

from ...machine import context, layout

# Operations that are also plain instructions of LLVM's, with llvmlite's names of these.
_PLAIN = {"add": "add", "fadd": "fadd", "sub": "sub", "fsub": "fsub"}
_PLAIN |= {"and": "and_", "or": "or_", "xor": "xor"}


def atomic(
    builder: ir.IRBuilder, name: str, pointer: ir.Value, value: ir.Value, order: str
) -> ir.Value:
    """Emit LLVM's atomicrmw `name` at `pointer`, unlocked on own memory; return the old value."""
    if name not in _PLAIN:
        return builder.atomic_rmw(name, pointer, value, order)
    region = builder.ptrtoint(context.worker(builder), context.I64)
    offset = builder.sub(builder.ptrtoint(pointer, context.I64), region)
    is_own = builder.icmp_unsigned("<", offset, context.I64(layout.ARENA))
    with builder.if_else(is_own) as (own, foreign):
        with own:
            own_value = builder.load(pointer, typ=value.type)
            builder.store(getattr(builder, _PLAIN[name])(own_value, value), pointer)
            own_end = builder.block
        with foreign:
            foreign_value = builder.atomic_rmw(name, pointer, value, order)
            foreign_end = builder.block
    old = builder.phi(value.type)
    old.add_incoming(own_value, own_end)
    old.add_incoming(foreign_value, foreign_end)
    return old
