"""The intrinsics that compiler_pass.py inserts before accesses.

They are typed with the rest of the kernel, so their lowering knows the types of array and index.
"""

from numba.core import types
from numba.core.extending import intrinsic

from ..functions import traits
from ..machine import hooks, preemption
from ..options.tools import Instrumentation
from . import elements, memcheck


def calls_runtime() -> bool:
    """Return whether the kernel is compiled with calls of the runtime."""
    return Instrumentation.ACCESSES in traits.current().instrumentation


def _emit(target, builder, array, index, arguments: list, kind: int, stored=None):
    """Emit the test of an index, and the access; arguments are the array, the index, the site."""
    given = array, arguments[0], index, arguments[1]
    numbers = memcheck.emit_bounds_test(target, builder, *given, arguments[2])
    if calls_runtime():
        site = arguments[2].constant
        elements.emit_access(target, builder, *given, numbers, site, kind, stored)
    return target.get_dummy_value()


def _access(kind: int):
    """Return the intrinsic before a load or an atomic update of array[index]."""

    @intrinsic
    def access(typing_context, array, index, site):
        memcheck.indexed_axes(array, index)  # raises for an index that it cannot test

        def lower(target, builder, signature, arguments):
            return _emit(target, builder, array, index, arguments, kind)

        return types.void(array, index, types.int64), lower

    return access


@intrinsic
def store(typing_context, array, index, site, value):
    """Emit the same before array[index] = value."""
    memcheck.indexed_axes(array, index)
    is_number = isinstance(value, (types.Number, types.Boolean))

    def lower(target, builder, signature, arguments):
        stored = (signature.args[3], arguments[3]) if is_number else None
        return _emit(target, builder, array, index, arguments, hooks.STORE, stored)

    return types.void(array, index, types.int64, types.unliteral(value)), lower


def _whole(kind: int):
    """Return the intrinsic before an access of this kind to every element of an array."""

    @intrinsic
    def whole(typing_context, array, site):
        def lower(target, builder, signature, arguments):
            site = arguments[1].constant
            elements.emit_whole_access(target, builder, array, arguments[0], site, kind)
            return target.get_dummy_value()

        return types.void(array, types.int64), lower

    return whole


def _field(kind: int):
    """Return the intrinsic before an access of this kind to a record's field."""

    @intrinsic(prefer_literal=True)
    def field(typing_context, record, name, site):
        def lower(target, builder, signature, arguments):
            given = record, arguments[0], name.literal_value, site.literal_value
            elements.emit_field_access(target, builder, *given, kind)
            return target.get_dummy_value()

        return types.void(record, name, site), lower

    return field


@intrinsic
def load_next(typing_context, iterator, site):
    """Emit the access to the next element of an iterator."""

    def lower(target, builder, signature, arguments):
        elements.emit_next_access(target, builder, iterator, arguments[0], arguments[1].constant)
        return target.get_dummy_value()

    return types.void(iterator, types.int64), lower


@intrinsic
def preempt(typing_context, accessed):
    """Emit the preemption that may be due before an access to an array or a record."""

    def lower(target, builder, signature, arguments):
        if isinstance(accessed, (types.Array, types.Record)):
            traits.current().switches = True
            preemption.before_access(builder)
        return target.get_dummy_value()

    return types.void(accessed), lower


load, atomic = _access(hooks.LOAD), _access(hooks.ATOMIC)
load_whole, store_whole = _whole(hooks.LOAD), _whole(hooks.STORE)
load_field, store_field = _field(hooks.LOAD), _field(hooks.STORE)
