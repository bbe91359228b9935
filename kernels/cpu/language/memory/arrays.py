"""cuda.shared.array, cuda.local.array and cuda.const.array_like.

Shared arrays are in the worker's shared memory: a static one at an offset that is fixed when the
program is linked, the dynamic one (shape 0) behind all static ones. Local arrays are on the stack.
Under the sanitizer both start as bytes of 0xFF (a NaN, or -1), so code that relies on zeros fails.
A constant array is a global of the kernel, and its values are part of the program.
"""

import math

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import RequireLiteralValue, TypingError
from numba.core.extending import intrinsic
from numba.core.typing.npydecl import parse_dtype
from numba.np.arrayobj import make_array, populate_array
from numba.np.numpy_support import as_dtype

from ...functions import traits
from ...machine import context, hooks, layout

_DEFAULT_ALIGNMENT, _LEAST_ALIGNMENT = 16, 8


def _literal_shape(shape) -> tuple[int, ...]:
    items = shape.types if isinstance(shape, types.BaseTuple) else (shape,)
    if not all(isinstance(item, types.IntegerLiteral) for item in items):
        raise RequireLiteralValue("the shape of a shared or local array must be constant")
    return tuple(item.literal_value for item in items)


def _require_elements(space: str, extents: tuple[int, ...], or_else: str = "") -> None:
    if min(extents, default=1) < 1:
        given = extents[0] if len(extents) == 1 else extents
        expected = f"at least 1 along each axis{or_else}"
        raise TypingError(f"cuda.{space}.array: shape is {given}; expected {expected}")


def _element_type(dtype) -> types.Type:
    element = parse_dtype(dtype)
    if element is None or element == types.pyobject:
        raise TypingError(f"dtype of a shared or local array is {dtype}; expected a NumPy dtype")
    return element


def _literal_alignment(alignment) -> int:
    if alignment is None or isinstance(alignment, (types.NoneType, types.Omitted)):
        return _DEFAULT_ALIGNMENT
    if not isinstance(alignment, types.IntegerLiteral):
        raise RequireLiteralValue("alignment must be a constant integer")
    value = alignment.literal_value
    if value < _LEAST_ALIGNMENT or value & (value - 1):
        expected = f"a power of two of at least {_LEAST_ALIGNMENT}"  # a pointer's size
        raise ValueError(f"Alignment must be {expected}; it is {value}")
    return value


def _itemsize(target, element: types.Type) -> int:
    return target.get_abi_sizeof(target.get_data_type(element))


def granule(dtype: np.dtype) -> int:
    """Return the granule of an array: the unit of memory for which racecheck keeps accesses.

    It is the largest power of two of bytes such that every number fills whole granules.
    """
    bits = dtype.itemsize
    for field, offset, *_ in (dtype.base.fields or {}).values():
        bits |= offset | granule(field)
    return bits & -bits


def _granule(target, element: types.Type) -> int:
    """Return the granule of an array of these elements; 1 for a type NumPy lacks."""
    if isinstance(element, types.Record):
        return granule(as_dtype(element))
    return _itemsize(target, element) if isinstance(element, (types.Number, types.Boolean)) else 1


def _make(target, builder, array_type, data, extents: list[ir.Value]) -> ir.Value:
    """Build numba's array structure over this memory."""
    intp = target.get_value_type(types.intp)
    itemsize = ir.Constant(intp, _itemsize(target, array_type.dtype))
    strides = [itemsize]
    for extent in reversed(extents[1:]):
        strides.insert(0, builder.mul(strides[0], extent))
    array = make_array(array_type)(target, builder)
    data = builder.bitcast(data, array.data.type)
    populate_array(array, data, extents, strides, itemsize, meminfo=None)
    return array._getvalue()


@intrinsic(prefer_literal=True)
def shared_array(typing_context, shape, dtype, alignment=None):
    """Return a shared array of the block. Shape 0 is the launch's dynamic shared memory."""
    extents = _literal_shape(shape)
    element = _element_type(dtype)
    align = _literal_alignment(alignment)
    array_type = types.Array(element, len(extents), "C")
    dynamic = extents == (0,)
    if not dynamic:
        _require_elements("shared", extents, ", or 0 for the dynamic shared memory of the launch")
    if align > layout.SHARED_ALIGNMENT:
        limit = layout.SHARED_ALIGNMENT
        raise TypingError(f"alignment is {align}; expected at most {limit} for shared memory")

    def lower(target, builder, signature, arguments):
        intp = target.get_value_type(types.intp)
        itemsize = _itemsize(target, element)
        traits.current().add_shared_granule(_granule(target, element))
        worker = context.worker(builder)
        if dynamic:
            data = context.load_word(builder, worker, layout.DYNAMIC_SHARED)
            size = context.load_word(builder, worker, layout.DYNAMIC_SHARED_BYTES)
            count = [builder.udiv(size, ir.Constant(context.I64, itemsize))]
        else:
            symbol = traits.current().add_static_array(math.prod(extents) * itemsize, align)
            base = context.load_word(builder, worker, layout.SHARED)
            data = builder.add(base, builder.load(context.constant(builder.module, symbol)))
            count = [ir.Constant(intp, extent) for extent in extents]
        return _make(target, builder, array_type, builder.inttoptr(data, context.PTR), count)

    return _signature(array_type, shape, dtype, alignment), lower


@intrinsic(prefer_literal=True)
def local_array(typing_context, shape, dtype, alignment=None):
    """Return a local array of the thread, on its stack."""
    extents = _literal_shape(shape)
    _require_elements("local", extents)
    element = _element_type(dtype)
    align = _literal_alignment(alignment)
    array_type = types.Array(element, len(extents), "C")

    def lower(target, builder, signature, arguments):
        intp = target.get_value_type(types.intp)
        bytes_ = math.prod(extents) * _itemsize(target, element)
        traits.current().local += bytes_
        with builder.goto_entry_block():  # once, even in a loop; numba's helper would zero it
            data = builder.alloca(ir.ArrayType(context.I8, bytes_))
        data.align = align
        if traits.Instrumentation.BOUNDS in traits.current().instrumentation:
            cgutils.memset(builder, data, ir.Constant(intp, bytes_), layout.POISON)
            address = builder.ptrtoint(data, context.I64)
            hooks.event(builder, hooks.LOCAL_ARRAY, address, context.I64(bytes_))
        return _make(
            target, builder, array_type, data, [ir.Constant(intp, extent) for extent in extents]
        )

    return _signature(array_type, shape, dtype, alignment), lower


@intrinsic
def constant_array_like(typing_context, ndarray):
    """Return the array, a global of the kernel, which may only be read."""
    if not isinstance(ndarray, types.Array):
        raise TypingError(f"cuda.const.array_like is given {ndarray}; expected an array")

    def lower(target, builder, signature, arguments):
        return arguments[0]

    return ndarray(ndarray), lower


def _signature(array_type, shape, dtype, alignment):
    given = types.Omitted(None) if alignment is None else alignment
    return array_type(shape, dtype, given)
