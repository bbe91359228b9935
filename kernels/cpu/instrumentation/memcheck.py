"""memcheck: is every index within the array's extents?

The test is part of the kernel, before the access. If it fails, it stores the site and the index in
the worker record and raises IndexError, which ends the launch.
"""

from typing import NamedTuple

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.np.arrayobj import make_array

from ..functions.traits import Site
from ..lowering.indices import index_types, unpack_index
from ..machine import context, layout
from ..machine.worker import Worker
from ..options.tools import MEMCHECK
from .finding import BoundsError, Finding

OUT_OF_BOUNDS = ("out of bounds",)  # the arguments of our IndexError, unlike a user's
OUTSIDE = "an address in no array"  # and the argument of that for a bare address


class Axis(NamedTuple):
    """An integer of an index: which item of the index it is, and the array's axis it indexes."""

    item: int
    axis: int


def indexed_axes(array: types.Type, index: types.Type) -> list[Axis]:
    """Return the integers of an index.

    Raises TypingError for an access that cannot be tested.
    """
    if isinstance(array, types.NumpyFlatType):
        raise TypingError("the sanitizer cannot test an access through .flat; index the array")
    if not isinstance(array, types.Array):
        return []  # an item of a tuple
    items = index_types(index)
    if any(isinstance(item, types.Array) for item in items):
        raise TypingError("the sanitizer cannot test an index that is an array")
    if array.ndim > layout.MAX_DIMENSIONS:
        raise TypingError(f"the sanitizer tests at most {layout.MAX_DIMENSIONS} dimensions")
    found, axis = [], 0
    new_axes = sum(isinstance(item, types.NoneType) for item in items)
    for number, item in enumerate(items):
        if isinstance(item, types.EllipsisType):  # the items behind it index the last axes
            axis += array.ndim - (len(items) - 1 - new_axes)
        elif not isinstance(item, types.NoneType):
            if isinstance(item, (types.Integer, types.Float)):
                found.append(Axis(number, axis))
            axis += 1
    return found


def emit_bounds_test(target, builder, array_type, array, index_type, index, site) -> list[ir.Value]:
    """Emit an IndexError where array[index] is out of bounds; negative signed indices wrap.

    Returns the integers of the index, before wrapping.
    """
    found = indexed_axes(array_type, index_type)
    if not found:
        return []
    item_types, items = unpack_index(target, builder, index_type, index)
    view = make_array(array_type)(target, builder, array)
    extents = cgutils.unpack_tuple(builder, view.shape, array_type.ndim)
    outside = context.I1(0)
    unsigned = 0
    numbers = []
    for bit, (item, axis) in enumerate(found):
        number = target.cast(builder, items[item], item_types[item], types.int64)
        numbers.append(number)
        extent = extents[axis]
        if item_types[item].signed:
            low = builder.icmp_signed("<", number, builder.neg(extent))
            high = builder.icmp_signed(">=", number, extent)
            outside = builder.or_(outside, builder.or_(low, high))
        else:
            outside = builder.or_(outside, builder.icmp_unsigned(">=", number, extent))
            unsigned |= 1 << bit
    with builder.if_then(outside, likely=False):
        worker = context.worker(builder)
        values = (site, context.I64(len(found)), context.I64(unsigned))
        for word, value in zip(_WORDS, values, strict=True):
            context.store_word(builder, worker, word, value)
        store_index(builder, numbers)
        for d, (_, axis) in enumerate(found):
            context.store_word(builder, worker, layout.ACCESS_SHAPE + d, extents[axis])
        target.call_conv.return_user_exc(builder, IndexError, OUT_OF_BOUNDS)
    return numbers


_WORDS = layout.ACCESS_SITE, layout.ACCESS_RANK, layout.ACCESS_UNSIGNED


def store_index(builder: ir.IRBuilder, numbers: list[ir.Value]) -> None:
    """Store an index in the worker record, for an error message."""
    worker = context.worker(builder)
    for d, number in enumerate(numbers):
        context.store_word(builder, worker, layout.ACCESS_INDEX + d, number)


def element_name(site: Site, index: list[int]) -> str:
    """Return the name of an element in messages."""
    return f"{site.name}[{', '.join(str(number) for number in index)}]" if index else site.name


def bounds_error(worker: Worker, kernel: str, sites: dict[int, Site], where: str) -> BoundsError:
    """Return the exception for what a failed test stored."""
    words = worker.words
    site = sites[int(words[layout.ACCESS_SITE])]
    rank = int(words[layout.ACCESS_RANK])
    index = words[layout.ACCESS_INDEX : layout.ACCESS_INDEX + rank].tolist()
    for d in range(rank):
        if words[layout.ACCESS_UNSIGNED] >> d & 1:
            index[d] %= 2**64
    shape = words[layout.ACCESS_SHAPE : layout.ACCESS_SHAPE + rank].tolist()
    extent = shape[0] if rank == 1 else tuple(shape)
    name = element_name(site, index)
    text = f"{name} is out of bounds for {extent} elements, {site.place}, {where}"
    return BoundsError(f"{kernel}: {text}").of(Finding(kernel, MEMCHECK, text, (*site,)))


def address_error(worker: Worker, kernel: str, sites: dict[int, Site], where: str) -> BoundsError:
    """Return the exception for an address that lies in no array (sanitizer/mapped.py)."""
    words = worker.words
    site = sites[int(words[layout.ACCESS_SITE])]
    address, size = words[layout.ACCESS_INDEX : layout.ACCESS_INDEX + 2].tolist()
    offset = address - worker.address - layout.SHARED_OFFSET
    is_shared = 0 <= address - worker.address < layout.ARENA
    place = f"byte {offset} of the shared memory" if is_shared else f"{address:#x}"
    beyond = "the block has less" if is_shared else "no array of the launch is there"
    text = f"{site.name} is {size} bytes at {place}, and {beyond}, {site.place}, {where}"
    return BoundsError(f"{kernel}: {text}").of(Finding(kernel, MEMCHECK, text, (*site,)))
