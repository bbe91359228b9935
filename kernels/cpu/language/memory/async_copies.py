"""Copies to shared memory that run by themselves (cp.async), for the sanitizer.

On the CPU device a copy is a plain store, which the one who means a copy writes; these say that it
was one. It lands at the thread's `copies_awaited` for its group: until then, racecheck has it that
nobody may touch the element. Unless accesses are instrumented, they emit nothing.

    tile[i] = x[at]
    copy_started(tile, i)    the store to tile[i] was a copy's
    copy_reads(x, at)        the load of x[at] was a copy's: until then nobody may write it
    copies_committed()       the copies started since the last one become a group
    copies_awaited(n)        all groups of this thread but the last n have landed
"""

from llvmlite import ir
from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...functions import traits
from ...machine import context, hooks
from .atomics import element_pointer


def _copied(name: str, kind: int, meaning: str):
    """Return the intrinsic that notes an element of an array, which was just accessed."""

    def note(typing_context, array, index):
        if not isinstance(array, types.Array) or not isinstance(array.dtype, types.Number):
            raise TypingError(f"{name} is given {array}; expected an array of numbers")

        def lower(target, builder, signature, arguments, loc=None):
            pointer = element_pointer(target, builder, signature, arguments)
            size = target.get_abi_sizeof(target.get_data_type(array.dtype))
            note_copy(builder, kind, builder.ptrtoint(pointer, context.I64), size, loc)
            return target.get_dummy_value()

        return types.void(array, index), lower

    note.__name__ = note.__qualname__ = name
    note.__doc__ = meaning
    return intrinsic(note)


def note_copy(builder: ir.IRBuilder, kind: int, address: ir.Value, size: int, loc) -> None:
    """Emit the event that bytes are copied to (COPY_STARTED) or from (COPY_READS)."""
    packed = hooks.packed_access(traits.current().site("copy", loc), 0, size, hooks.STORE)
    hooks.event(builder, kind, address, context.I64(packed))


copy_started = _copied(
    "copy_started",
    hooks.COPY_STARTED,
    "Note that the element array[index] of a shared array, just stored, is being copied to.",
)
copy_reads = _copied(
    "copy_reads",
    hooks.COPY_READS,
    "Note that the element array[index], just read, is being copied from.",
)


@intrinsic
def copies_committed(typing_context):
    """Note that the copies which this thread started since the last commit are a group."""

    def lower(target, builder, signature, arguments):
        hooks.event(builder, hooks.COPIES_COMMITTED)
        return target.get_dummy_value()

    return types.void(), lower


@intrinsic
def copies_awaited(typing_context, groups):
    """Note that all groups of this thread but the last `groups` have landed."""
    if not isinstance(types.unliteral(groups), types.Integer):
        raise TypingError(f"copies_awaited is given {groups}; expected an integer")

    def lower(target, builder, signature, arguments):
        hooks.event(builder, hooks.COPIES_AWAITED, arguments[0])
        return target.get_dummy_value()

    return types.void(types.int64), lower


SANITIZED = (
    copy_started,
    copy_reads,
    copies_committed,
    copies_awaited,
)  # all of them mean nothing otherwise
