"""From an access in the source to the elements it touches: their addresses and their size.

Most accesses touch one. A slice that is assigned to touches all of its elements; a slice that is
read is a view, and touches none.
"""

from numba.core import cgutils, types
from numba.np.arrayobj import basic_indexing, make_array, normalize_indices

from kernels.cpu.language.indices import unpacked
from kernels.cpu.machine import context
from kernels.cpu.sanitizer import hooks, memcheck


def _watched(array_type: types.Type) -> bool:
    """Say whether accesses are told: a field of a record is none, it has no index of its own."""
    return isinstance(array_type, types.Array) and not isinstance(array_type.dtype, types.Record)


def _tell_all(target, builder, pointer, shapes, strides, what) -> None:
    """Tell of an access to each element of a view, which is the one at `pointer` if it has no
    axes."""
    address = builder.ptrtoint(pointer, context.I64)
    with cgutils.loop_nest(builder, shapes, context.I64) as positions:
        for position, stride in zip(positions, strides, strict=True):
            address = builder.add(address, builder.mul(position, stride))
        hooks.access(builder, address, what)


def tell(target, builder, array_type, array, index_type, index, numbers, site: int, kind: int):
    """Tell the runtime of an access to array[index], whose integers are `numbers`."""
    if not _watched(array_type):
        return
    given = unpacked(target, builder, index_type, index)
    item_types, items = normalize_indices(target, builder, *given)
    view = make_array(array_type)(target, builder, array)
    pointer, shapes, strides = basic_indexing(
        target, builder, array_type, view, item_types, items, boundscheck=False
    )
    if shapes and kind == hooks.LOAD:
        return
    memcheck.note(builder, numbers)
    what = hooks.what(site, len(numbers), _size(target, array_type), kind)
    _tell_all(target, builder, pointer, shapes, strides, what)


def tell_whole(target, builder, array_type, array, site: int, kind: int) -> None:
    """Tell the runtime of an access to every element of an array; of none if it is no array."""
    if not _watched(array_type):
        return
    view = make_array(array_type)(target, builder, array)
    shapes = cgutils.unpack_tuple(builder, view.shape, array_type.ndim)
    strides = cgutils.unpack_tuple(builder, view.strides, array_type.ndim)
    what = hooks.what(site, 0, _size(target, array_type), kind)
    _tell_all(target, builder, view.data, shapes, strides, what)


def _size(target, array_type: types.Array) -> int:
    return target.get_abi_sizeof(target.get_data_type(array_type.dtype))
