"""Loads and stores that an intrinsic emits by itself, for the sanitizer's runtime.

An intrinsic gets an array's address and emits LLVM's instructions. An access whose address comes
from the intrinsic's own stack (numba keeps an array's fields there) is none to an array.
"""

from collections.abc import Iterable
from typing import Any

from llvmlite import ir

from ..functions import traits
from ..machine import context, hooks

_PASSED_ON = (ir.instructions.GEPInstr, ir.instructions.CastInstr)


def _is_own(pointer: ir.Value) -> bool:
    """Return whether an address is one of the function's stack, or of a constant."""
    while isinstance(pointer, _PASSED_ON):
        pointer = pointer.operands[0]
    return isinstance(pointer, (ir.instructions.AllocaInstr, ir.GlobalValue, ir.Constant))


def _size(kind: ir.Type) -> int:
    count, kind = (kind.count, kind.element) if isinstance(kind, ir.VectorType) else (1, kind)
    if isinstance(kind, ir.IntType):
        return count * max(kind.width // 8, 1)
    sizes = {ir.HalfType(): 2, ir.FloatType(): 4, ir.DoubleType(): 8}
    return count * sizes.get(kind, 8)


def observe(builder: ir.IRBuilder, emitted: Iterable[ir.Instruction], name: str, loc: Any) -> None:
    """Show the loads and stores among these instructions to the runtime, once.

    `name` is the intrinsic's; without one they are the device's own, and are not shown.
    """
    block = builder.block
    for access in emitted:
        is_load = isinstance(access, ir.LoadInstr)
        if not is_load and not isinstance(access, ir.StoreInstr):
            continue
        pointer = access.operands[0 if is_load else 1]
        if getattr(access, "observed", False) or _is_own(pointer):
            continue
        access.observed = True
        if name:
            kind = access.type if is_load else access.operands[0].type
            site = traits.current().site(f"what {name} accesses", loc)
            packed = hooks.packed_access(
                site, 0, _size(kind), hooks.LOAD if is_load else hooks.STORE
            )
            builder.position_before(access)
            hooks.bare_access(builder, builder.ptrtoint(pointer, context.I64), packed)
    builder.position_at_end(block)
