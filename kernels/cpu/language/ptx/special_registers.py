"""PTX's registers that say where a thread is: %tid.x, %ctaid.x, %laneid and their like."""

from llvmlite import ir

from ...machine import context, layout
from ..threads import coordinates

_COORDINATES = {
    "%tid": coordinates.THREAD_IDX,
    "%ntid": coordinates.BLOCK_DIM,
    "%ctaid": coordinates.BLOCK_IDX,
    "%nctaid": coordinates.GRID_DIM,
}


def read(builder: ir.IRBuilder, name: str) -> ir.Value | None:
    """Return the value as an i32, None for a register that the CPU device does not have."""
    base, _, axis = name.partition(".")
    if base in _COORDINATES and axis in ("x", "y", "z"):
        value = _COORDINATES[base].load(builder, "xyz".index(axis))
        return builder.trunc(value, context.I32)
    if name == "%laneid":
        return builder.trunc(coordinates.lane_id(builder), context.I32)
    if name == "WARP_SZ":
        return context.I32(layout.WARP_SIZE)
    return None
