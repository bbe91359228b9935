"""What only one core works on needs no lock.

A block's shared arrays and its threads' local ones lie in their worker's region, and its threads
switch only where one waits. So an atomic operation there may be a load, an operation and a store,
which takes a fraction of the locked instruction's time. Where an array lies is seen from its
address when the kernel runs.
"""

from llvmlite import ir

from ...machine import context, layout

# Operations that LLVM has without a lock, too, by llvmlite's names.
_PLAIN = {"add": "add", "fadd": "fadd", "sub": "sub", "fsub": "fsub"}
_PLAIN |= {"and": "and_", "or": "or_", "xor": "xor"}


def atomic(
    builder: ir.IRBuilder, name: str, pointer: ir.Value, value: ir.Value, order: str
) -> ir.Value:
    """Do LLVM's atomicrmw `name` at `pointer`, without its lock where it can; return what was."""
    if name not in _PLAIN:
        return builder.atomic_rmw(name, pointer, value, order)
    region = builder.ptrtoint(context.worker(builder), context.I64)
    offset = builder.sub(builder.ptrtoint(pointer, context.I64), region)
    is_own = builder.icmp_unsigned("<", offset, context.I64(layout.ARENA))
    with builder.if_else(is_own) as (own, foreign):
        with own:
            seen_here = builder.load(pointer, typ=value.type)
            builder.store(getattr(builder, _PLAIN[name])(seen_here, value), pointer)
            here = builder.block
        with foreign:
            seen_elsewhere = builder.atomic_rmw(name, pointer, value, order)
            elsewhere = builder.block
    old = builder.phi(value.type)
    old.add_incoming(seen_here, here)
    old.add_incoming(seen_elsewhere, elsewhere)
    return old
