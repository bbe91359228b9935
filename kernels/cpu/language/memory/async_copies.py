"""Copies to shared memory that run by themselves (cp.async), for the sanitizer.

On the CPU device a copy is a plain store, which the one who means a copy writes; these say that it
was one. It lands at the thread's `copies_awaited` for its group: until then, racecheck has it that
nobody may touch the element. Unless accesses are instrumented, they emit nothing.

    tile[i] = x[at]
    copy_started(tile, i)    the store to tile[i] was a copy's
    copies_committed()       the copies started since the last one become a group
    copies_awaited(n)        all groups of this thread but the last n have landed
"""

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...functions import traits
from ...machine import context, hooks
from .atomics import element_pointer


@intrinsic
def copy_started(typing_context, array, index):
    """Note that the element array[index] of a shared array, just stored, is being copied to."""
    if not isinstance(array, types.Array) or not isinstance(array.dtype, types.Number):
        raise TypingError(f"copy_started is given {array}; expected an array of numbers")

    def lower(target, builder, signature, arguments, loc=None):
        pointer = element_pointer(target, builder, signature, arguments)
        size = target.get_abi_sizeof(target.get_data_type(array.dtype))
        site = traits.current().site("copy", loc)
        packed = context.I64(hooks.packed_access(site, 0, size, hooks.STORE))
        hooks.event(builder, hooks.COPY_STARTED, builder.ptrtoint(pointer, context.I64), packed)
        return target.get_dummy_value()

    return types.void(array, index), lower


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


SANITIZED = copy_started, copies_committed, copies_awaited  # all of them mean nothing otherwise
