"""An index of an array in its parts: the numbers, slices and the like between the brackets."""

from llvmlite import ir
from numba.core import cgutils, types


def index_types(index: types.Type) -> tuple[types.Type, ...]:
    """Return the types of an index's parts; what is no tuple is one part."""
    return tuple(index) if isinstance(index, types.BaseTuple) else (index,)


def unpack_index(
    target, builder: ir.IRBuilder, index_type: types.Type, index: ir.Value
) -> tuple[tuple[types.Type, ...], list[ir.Value]]:
    """Return the types and the values of an index's parts, for numba's own indexing.

    A float, which cuda.atomic takes, becomes the integer it is cut off to: numba makes one of
    uint64 - int64.
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
