"""The items of an array's index: the numbers, slices and the like between the brackets."""

from llvmlite import ir
from numba.core import cgutils, types


def index_types(index: types.Type) -> tuple[types.Type, ...]:
    """Return the types of an index's items; an index that is no tuple is one item.

    A registered integer type counts as numba's own of the same bits: its attribute `as_integer`.
    """
    items = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    return tuple(getattr(item, "as_integer", item) for item in items)


def unpack_index(
    target, builder: ir.IRBuilder, index_type: types.Type, index: ir.Value
) -> tuple[tuple[types.Type, ...], list[ir.Value]]:
    """Return the types and the values of an index's items, for numba's own indexing.

    A float is truncated to an integer, for cuda.atomic: numba makes uint64 - int64 a float.
    """
    is_tuple = isinstance(index_type, types.BaseTuple)
    kinds, values = list(index_types(index_type)), [index]
    if is_tuple:
        values = cgutils.unpack_tuple(builder, index)
    for place, kind in enumerate(kinds):
        if isinstance(kind, types.Float):
            values[place] = target.cast(builder, values[place], kind, types.intp)
            kinds[place] = types.intp
    return tuple(kinds), values
