"""From an access in the source to the elements it touches: their addresses and their size.

Most accesses touch one. A slice that is assigned to touches all of its elements; a slice that is
read is a view, and touches none, nor does a record that is taken from an array. A record counts as
its fields, so that nobody asks for the bytes between them.
"""

from collections.abc import Iterator

from llvmlite import ir
from numba.core import cgutils, types
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

from ..lowering.indices import unpack_index
from ..machine import context, hooks
from . import memcheck


def _parts(target, kind: types.Type) -> Iterator[tuple[int, int]]:
    """Yield offset and size of a number, or of all the numbers of a record or an array in one."""
    if isinstance(kind, types.Record):
        inner = [(kind.offset(name), kind.typeof(name)) for name in kind.fields]
    elif isinstance(kind, types.NestedArray):
        size = target.get_abi_sizeof(target.get_data_type(kind.dtype))
        inner = [(number * size, kind.dtype) for number in range(kind.nitems)]
    else:
        yield 0, target.get_abi_sizeof(target.get_data_type(kind))
        return
    for start, part in inner:
        for offset, size in _parts(target, part):
            yield start + offset, size


def _emit(target, builder, kind: types.Type, address, site: int, rank: int, access: int) -> None:
    for offset, size in _parts(target, kind):
        part = builder.add(address, context.I64(offset))
        hooks.access(builder, part, hooks.packed_access(site, rank, size, access))


def _emit_all(target, builder, kind, pointer, shapes, strides, *what: int) -> None:
    """Tell of an access to each element of a view: the one at `pointer` where it has no axes."""
    address = builder.ptrtoint(pointer, context.I64)
    with cgutils.loop_nest(builder, shapes, context.I64) as positions:
        for position, stride in zip(positions, strides, strict=True):
            address = builder.add(address, builder.mul(position, stride))
        _emit(target, builder, kind, address, *what)


def emit_access(
    target, builder, array_type, array, index_type, index, numbers, site: int, access: int
):
    """Tell the runtime of an access to array[index], whose integers are `numbers`."""
    if not isinstance(array_type, types.Array):
        return
    given = unpack_index(target, builder, index_type, index)
    item_types, items = normalize_indices(target, builder, *given)
    view = make_array(array_type)(target, builder, array)
    pointer, shapes, strides = basic_indexing(
        target, builder, array_type, view, item_types, items, boundscheck=False
    )
    if access == hooks.LOAD and (shapes or isinstance(array_type.dtype, types.Record)):
        return
    memcheck.store_index(builder, numbers)
    what = site, len(numbers), access
    _emit_all(target, builder, array_type.dtype, pointer, shapes, strides, *what)


def emit_whole_access(target, builder, kind: types.Type, value, site: int, access: int) -> None:
    """Tell the runtime of an access to all of an array or a record; of none if it is neither."""
    if isinstance(kind, types.Record):
        _emit_all(target, builder, kind, value, (), (), site, 0, access)
    if not isinstance(kind, types.Array):
        return
    view = make_array(kind)(target, builder, value)
    shapes = cgutils.unpack_tuple(builder, view.shape, kind.ndim)
    strides = cgutils.unpack_tuple(builder, view.strides, kind.ndim)
    _emit_all(target, builder, kind.dtype, view.data, shapes, strides, site, 0, access)


def emit_field_access(target, builder, kind: types.Type, value, field: str, site: int, access: int):
    """Tell the runtime of an access to a field of a record; of none if it is no record."""
    if not isinstance(kind, types.Record) or field not in kind.fields:
        return
    own = kind.typeof(field)
    if access == hooks.LOAD and isinstance(own, (types.Array, types.Record)):
        return  # a view
    address = builder.add(builder.ptrtoint(value, context.I64), context.I64(kind.offset(field)))
    _emit(target, builder, own, address, site, 0, access)


def emit_next_access(target, builder, kind: types.Type, value: ir.Value, site: int) -> None:
    """Tell the runtime of the element that an iterator over an array comes to, if there is one."""
    if not isinstance(kind, types.ArrayIterator) or kind.array_type.ndim > 1:
        return
    element = kind.array_type.dtype
    if isinstance(element, types.Record):
        return
    iterator = target.make_helper(builder, kind, value=value)
    view = make_array(kind.array_type)(target, builder, iterator.array)
    (length,), (stride,) = (cgutils.unpack_tuple(builder, of) for of in (view.shape, view.strides))
    number = builder.load(iterator.index)
    with builder.if_then(builder.icmp_signed("<", number, length)):
        memcheck.store_index(builder, [number])
        data = builder.ptrtoint(view.data, context.I64)
        address = builder.add(data, builder.mul(number, stride))
        _emit(target, builder, element, address, site, 1, hooks.LOAD)
