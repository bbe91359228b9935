"""The elements that an access touches: their addresses and sizes, for the sanitizer's runtime.

Most accesses touch one element. Assigning to a slice touches all of its elements. Reading a slice,
or a record from an array, only makes a view and touches none. An access to a record is one to each
of its fields, since the padding between them may be unwritten.
"""

from collections.abc import Iterator

from llvmlite import ir
from numba.core import cgutils, types
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

from ..lowering.indices import unpack_index
from ..machine import context, hooks
from . import memcheck


def _numbers(target, type_: types.Type) -> Iterator[tuple[int, int]]:
    """Yield (offset, size) of each number in an element: a number, a record or a nested array."""
    if isinstance(type_, types.Record):
        members = [(type_.offset(name), type_.typeof(name)) for name in type_.fields]
    elif isinstance(type_, types.NestedArray):
        size = target.get_abi_sizeof(target.get_data_type(type_.dtype))
        members = [(number * size, type_.dtype) for number in range(type_.nitems)]
    else:
        yield 0, target.get_abi_sizeof(target.get_data_type(type_))
        return
    for start, member in members:
        for offset, size in _numbers(target, member):
            yield start + offset, size


def _emit(
    target, builder, type_: types.Type, address, site: int, rank: int, kind: int, unchanged=None
) -> None:
    for offset, size in _numbers(target, type_):
        number = builder.add(address, context.I64(offset))
        hooks.access(builder, number, hooks.packed_access(site, rank, size, kind), unchanged)


def _is_unchanged(target, builder, dtype: types.Type, pointer, value_type, value):
    """Return whether the element at `pointer` has the bits of this value already, as an i1.

    None for an element that is not one number.
    """
    if not isinstance(dtype, (types.Number, types.Boolean)) or isinstance(dtype, types.Complex):
        return None
    stored = target.cast(builder, value, value_type, dtype)
    new = target.data_model_manager[dtype].as_data(builder, stored)
    old = builder.load(pointer, typ=new.type, align=1)
    bits = ir.IntType(8 * target.get_abi_sizeof(new.type))
    if not isinstance(new.type, ir.IntType):
        old, new = builder.bitcast(old, bits), builder.bitcast(new, bits)
    return builder.icmp_unsigned("==", old, new)


def _emit_all(target, builder, dtype, pointer, shapes, strides, *access) -> None:
    """Emit an access to each element of a view; without axes it is the element at `pointer`."""
    address = builder.ptrtoint(pointer, context.I64)
    with cgutils.loop_nest(builder, shapes, context.I64) as positions:
        for position, stride in zip(positions, strides, strict=True):
            address = builder.add(address, builder.mul(position, stride))
        _emit(target, builder, dtype, address, *access)


def emit_access(
    target,
    builder,
    array_type,
    array,
    index_type,
    index,
    numbers,
    site: int,
    kind: int,
    stored=None,
):
    """Emit an access to array[index], whose integers are `numbers`.

    `stored` is the type and the value that a store gives to the element, or to each of a slice.
    """
    if not isinstance(array_type, types.Array):
        return
    given = unpack_index(target, builder, index_type, index)
    item_types, items = normalize_indices(target, builder, *given)
    view = make_array(array_type)(target, builder, array)
    pointer, shapes, strides = basic_indexing(
        target, builder, array_type, view, item_types, items, boundscheck=False
    )
    dtype = array_type.dtype
    if kind == hooks.LOAD and (shapes or isinstance(dtype, types.Record)):
        return  # it makes a view
    memcheck.store_index(builder, numbers)
    unchanged = None
    if stored and not shapes:
        unchanged = _is_unchanged(target, builder, dtype, pointer, *stored)
    access = site, len(numbers), kind, unchanged
    _emit_all(target, builder, dtype, pointer, shapes, strides, *access)


def emit_whole_access(target, builder, type_: types.Type, value, site: int, kind: int) -> None:
    """Emit an access to every element of an array or field of a record; nothing for other types."""
    if isinstance(type_, types.Record):
        _emit_all(target, builder, type_, value, (), (), site, 0, kind)
    if not isinstance(type_, types.Array):
        return
    view = make_array(type_)(target, builder, value)
    shapes = cgutils.unpack_tuple(builder, view.shape, type_.ndim)
    strides = cgutils.unpack_tuple(builder, view.strides, type_.ndim)
    _emit_all(target, builder, type_.dtype, view.data, shapes, strides, site, 0, kind)


def emit_field_access(target, builder, type_: types.Type, value, field: str, site: int, kind: int):
    """Emit an access to a field of a record; nothing for other types."""
    if not isinstance(type_, types.Record) or field not in type_.fields:
        return
    own = type_.typeof(field)
    if kind == hooks.LOAD and isinstance(own, (types.Array, types.Record)):
        return  # it makes a view
    address = builder.add(builder.ptrtoint(value, context.I64), context.I64(type_.offset(field)))
    _emit(target, builder, own, address, site, 0, kind)


def emit_next_access(target, builder, type_: types.Type, value: ir.Value, site: int) -> None:
    """Emit an access to the next element of an iterator over an array, if there is one."""
    if not isinstance(type_, types.ArrayIterator) or type_.array_type.ndim > 1:
        return
    dtype = type_.array_type.dtype
    if isinstance(dtype, types.Record):
        return
    iterator = target.make_helper(builder, type_, value=value)
    view = make_array(type_.array_type)(target, builder, iterator.array)
    (length,), (stride,) = (cgutils.unpack_tuple(builder, of) for of in (view.shape, view.strides))
    number = builder.load(iterator.index)
    with builder.if_then(builder.icmp_signed("<", number, length)):
        memcheck.store_index(builder, [number])
        data = builder.ptrtoint(view.data, context.I64)
        address = builder.add(data, builder.mul(number, stride))
        _emit(target, builder, dtype, address, site, 1, hooks.LOAD)
