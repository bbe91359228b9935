"""threadIdx, blockIdx, blockDim, gridDim, grid(), gridsize(), laneid and warpsize.

Types are numba-cuda's: coordinates, laneid and warpsize are int32, grid() and gridsize() int64.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models, register_default
from numba.core.errors import RequireLiteralValue
from numba.core.extending import intrinsic, overload_attribute, typeof_impl
from numba.core.imputils import lower_constant
from numba.core.typing.templates import AttributeTemplate, infer_getattr

from ...machine import context, layout

# A GPU's launch limits, for LLVM to optimize with: no coordinate is negative, no product overflows.
_LIMITS = [ir.Constant(context.I64, 0), ir.Constant(context.I64, 1 << 31)]
_EXACT = ("nuw", "nsw")


class Coordinates:
    """threadIdx, blockIdx, blockDim or gridDim: three words of a record."""

    def __init__(self, name: str, of_thread: bool, first_word: int) -> None:
        self.name, self.of_thread, self.first_word = name, of_thread, first_word

    def load(self, builder: ir.IRBuilder, axis: int) -> ir.Value:
        """Return one coordinate as an i64."""
        base = context.thread(builder) if self.of_thread else context.worker(builder)
        value = context.load_word(builder, base, self.first_word + axis)
        value.set_metadata("range", builder.module.add_metadata(_LIMITS))
        return value


def lane_id(builder: ir.IRBuilder) -> ir.Value:
    """Return the thread's lane in its warp as an i64; x varies fastest in the block."""
    number = ir.Constant(context.I64, 0)
    for axis in (2, 1, 0):
        number = builder.mul(number, BLOCK_DIM.load(builder, axis))
        number = builder.add(number, THREAD_IDX.load(builder, axis))
    return builder.and_(number, ir.Constant(context.I64, layout.WARP_SIZE - 1))


THREAD_IDX = Coordinates("threadIdx", True, layout.THREAD_IDX)
BLOCK_IDX = Coordinates("blockIdx", False, layout.BLOCK_IDX)
BLOCK_DIM = Coordinates("blockDim", False, layout.BLOCK_DIM)
GRID_DIM = Coordinates("gridDim", False, layout.GRID_DIM)


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
    """Return type and lowering of grid() or gridsize(): an int64, or a tuple of 2 or 3."""
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
        block, threads = BLOCK_IDX.load(builder, axis), BLOCK_DIM.load(builder, axis)
        first = builder.mul(block, threads, flags=_EXACT)
        return builder.add(first, THREAD_IDX.load(builder, axis), flags=_EXACT)

    return _per_axis(typing_context, ndim, position)


@intrinsic(prefer_literal=True)
def gridsize(typing_context, ndim):
    """Return the grid's size in threads: gridDim * blockDim."""

    def size(builder, axis):
        blocks, threads = GRID_DIM.load(builder, axis), BLOCK_DIM.load(builder, axis)
        return builder.mul(blocks, threads, flags=_EXACT)

    return _per_axis(typing_context, ndim, size)


class _LaneNumber(types.Type):
    """The type of `laneid` before it is read."""

    bitwidth, signed = 32, True


register_default(_LaneNumber)(models.IntegerModel)


class LaneId:
    """cuda.laneid: an attribute of a module, and a different number in each thread."""


@typeof_impl.register(LaneId)
def _typeof_lane_id(value, _):
    return _LaneNumber("cuda.laneid")


@lower_constant(_LaneNumber)
def _read_lane_id(target, builder, type_, value):
    return builder.trunc(lane_id(builder), context.I32)  # how numba loads a module's attribute


def type_lane_id(module) -> None:
    """Type `laneid` of this module as an int32."""

    @infer_getattr
    class Attributes(AttributeTemplate):
        key = types.Module(module)

        def resolve_laneid(self, _):
            return types.int32
