"""How the lanes of a warp exchange values.

A thread stores its value and a mask, waits for the lanes of the mask (scheduler/warps.py releases
them), and then reads their values. Where a lane is outside of the mask, has returned, or is beyond
the block's end, a GPU reads an undefined value. Here its bits are all set, NaN or -1, so it shows.
"""

from llvmlite import ir
from numba.core import types

from ...machine import context, layout
from . import coordinates
from .waiting import load_thread_word, store_thread_word, wait

WORDS = (types.int32, types.int64, types.float32, types.float64)
ALL_LANES = (1 << layout.WARP_SIZE) - 1


def constant(value: int) -> ir.Constant:
    """Return an i64."""
    return ir.Constant(context.I64, value)


def exchange(builder: ir.IRBuilder, state: int, what: str, loc, mask, value: ir.Value) -> None:
    """Emit the exchange of an i64: store it, and wait for the lanes of the mask at `what`."""
    lanes = mask if mask.type == context.I64 else builder.zext(mask, context.I64)
    store_thread_word(builder, layout.MASK, builder.and_(lanes, constant(ALL_LANES)))
    store_thread_word(builder, layout.VALUE, value)
    wait(builder, state, what, loc)


def is_integer(*given: types.Type) -> bool:
    """Return whether all these types are integers."""
    return all(isinstance(types.unliteral(type_), types.Integer) for type_ in given)


def to_bits(builder: ir.IRBuilder, value: ir.Value, type_: types.Type) -> ir.Value:
    """Return a 32- or 64-bit number as an i64 with the same bits."""
    if isinstance(type_, types.Float):
        value = builder.bitcast(value, ir.IntType(type_.bitwidth))
    return builder.zext(value, context.I64) if type_.bitwidth == 32 else value


def from_bits(target, builder: ir.IRBuilder, word: ir.Value, type_: types.Type) -> ir.Value:
    """Return the number with the bits of an i64: the inverse of `to_bits`."""
    if type_.bitwidth == 32:
        word = builder.trunc(word, context.I32)
    return builder.bitcast(word, target.get_value_type(type_))


def value_of_lane(builder: ir.IRBuilder, lane: ir.Value) -> ir.Value:
    """Return the value of a lane of this warp; every bit is set if the lane did not take part."""
    thread = builder.ptrtoint(context.thread(builder), context.I64)
    offset = builder.mul(
        builder.sub(lane, coordinates.lane_id(builder)), constant(layout.THREAD_BYTES)
    )
    other = builder.inttoptr(builder.add(thread, offset), context.PTR)
    takes_part = builder.lshr(load_thread_word(builder, layout.PARTICIPANTS), lane)
    value = context.load_word(builder, other, layout.PUBLISHED)
    return builder.select(builder.trunc(takes_part, context.I1), value, constant(-1))
