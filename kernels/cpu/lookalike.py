"""`cuda` as a kernel sees it on the CPU device: the names of numba.cuda, with a CPU's meaning.

A kernel's global `cuda` is replaced by this namespace before numba compiles it for the CPU. Types
are numba-cuda's: thread and block coordinates are int32, grid() and gridsize() int64.
"""

import types as python_types

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models, register_default
from numba.core.errors import RequireLiteralValue
from numba.core.extending import intrinsic, overload_attribute, typeof_impl
from numba.core.imputils import lower_constant

from kernels.cpu import (
    atomics,
    bits,
    cache_hints,
    context,
    fibers,
    memory,
    record,
    scalars,
    traits,
)


class Coordinates:
    """threadIdx, blockIdx, blockDim or gridDim: three words of a record."""

    def __init__(self, name: str, of_thread: bool, first_word: int) -> None:
        self.name, self.of_thread, self.first_word = name, of_thread, first_word

    def load(self, builder: ir.IRBuilder, axis: int) -> ir.Value:
        """Return one coordinate as an i64."""
        base = context.thread(builder) if self.of_thread else context.worker(builder)
        return context.word(builder, base, self.first_word + axis)


THREAD_IDX = Coordinates("threadIdx", True, record.THREAD_IDX)
BLOCK_IDX = Coordinates("blockIdx", False, record.BLOCK_IDX)
BLOCK_DIM = Coordinates("blockDim", False, record.BLOCK_DIM)
GRID_DIM = Coordinates("gridDim", False, record.GRID_DIM)


class CoordinatesType(types.Opaque):
    def __init__(self, coordinates: Coordinates) -> None:
        self.coordinates = coordinates
        super().__init__(f"cuda.{coordinates.name}")


register_default(CoordinatesType)(models.OpaqueModel)


@typeof_impl.register(Coordinates)
def _typeof_coordinates(value, _):
    return CoordinatesType(value)


@lower_constant(CoordinatesType)
def _constant_coordinates(target, builder, type_, value):
    return target.get_dummy_value()


def _loader(coordinates: Coordinates, axis: int):
    @intrinsic
    def load(typing_context):
        def lower(target, builder, signature, arguments):
            return builder.trunc(coordinates.load(builder, axis), context.I32)

        return types.int32(), lower

    return load


_LOADERS = {
    (coordinates.name, axis): _loader(coordinates, axis)
    for coordinates in (THREAD_IDX, BLOCK_IDX, BLOCK_DIM, GRID_DIM)
    for axis in range(3)
}


def _define_attribute(axis: int) -> None:
    @overload_attribute(CoordinatesType, "xyz"[axis])
    def attribute(value):
        load = _LOADERS[value.coordinates.name, axis]
        return lambda value: load()


for _axis in range(3):
    _define_attribute(_axis)


def _per_axis(typing_context, dimensions, value_of):
    """Type and lower grid() and gridsize(): an int64, or a tuple of 2 or 3."""
    if not isinstance(dimensions, types.IntegerLiteral):
        raise RequireLiteralValue(dimensions)
    count = dimensions.literal_value
    if count not in (1, 2, 3):
        raise ValueError(f"cuda.grid and cuda.gridsize take 1, 2 or 3, not {count}")
    result = types.int64 if count == 1 else types.UniTuple(types.int64, count)

    def lower(target, builder, signature, arguments):
        values = [value_of(builder, axis) for axis in range(count)]
        return values[0] if count == 1 else cgutils.pack_array(builder, values)

    return result(dimensions), lower


@intrinsic(prefer_literal=True)
def grid(typing_context, ndim):
    """Return the thread's position in the grid: blockIdx * blockDim + threadIdx."""

    def position(builder, axis):
        block = builder.mul(BLOCK_IDX.load(builder, axis), BLOCK_DIM.load(builder, axis))
        return builder.add(block, THREAD_IDX.load(builder, axis))

    return _per_axis(typing_context, ndim, position)


@intrinsic(prefer_literal=True)
def gridsize(typing_context, ndim):
    """Return the grid's size in threads: gridDim * blockDim."""

    def size(builder, axis):
        return builder.mul(GRID_DIM.load(builder, axis), BLOCK_DIM.load(builder, axis))

    return _per_axis(typing_context, ndim, size)


@intrinsic
def syncthreads(typing_context):
    """Wait until every thread of the block is here; then all see each other's writes."""

    def lower(target, builder, signature, arguments):
        traits.current().switches = True
        fibers.leave(builder, record.WAITING)
        return target.get_dummy_value()

    return types.void(), lower


def _namespace(name: str, **members) -> python_types.ModuleType:
    """Make a module object: what numba resolves dotted names in."""
    module = python_types.ModuleType(name)
    vars(module).update(members)
    return module


cuda = _namespace(
    "cuda",
    threadIdx=THREAD_IDX,
    blockIdx=BLOCK_IDX,
    blockDim=BLOCK_DIM,
    gridDim=GRID_DIM,
    grid=grid,
    gridsize=gridsize,
    syncthreads=syncthreads,
    shared=_namespace("cuda.shared", array=memory.shared_array),
    local=_namespace("cuda.local", array=memory.local_array),
    const=_namespace("cuda.const", array_like=memory.constant_array_like),
    popc=bits.popc,
    brev=bits.brev,
    clz=bits.clz,
    ffs=bits.ffs,
    fma=scalars.fma,
    cbrt=scalars.cbrt,
    selp=scalars.selp,
    **cache_hints.MEMBERS,
    atomic=_namespace("cuda.atomic", **atomics.INDEXED, compare_and_swap=atomics.compare_and_swap),
)
