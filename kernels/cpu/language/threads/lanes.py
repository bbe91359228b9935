"""How the lanes of a warp bring each other values.

A thread brings a value and a mask, waits for the lanes of the mask (warps.py releases them), and
then reads what they brought. A lane outside of the mask, one that has returned and one beyond the
block's end bring nothing: a GPU would read an undefined value from it, here every bit is set, NaN
or -1, so that it shows.
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


def exchange(builder: ir.IRBuilder, state: int, name: str, loc, mask, value: ir.Value) -> None:
    """Bring an i64 and wait for the lanes of the mask."""
    lanes = mask if mask.type == context.I64 else builder.zext(mask, context.I64)
    store_thread_word(builder, layout.MASK, builder.and_(lanes, constant(ALL_LANES)))
    store_thread_word(builder, layout.VALUE, value)
    wait(builder, state, f"cuda.{name}()", loc)


def is_integer(*given: types.Type) -> bool:
    """Say whether all these types are integers."""
    return all(isinstance(types.unliteral(type_), types.Integer) for type_ in given)


def to_bits(builder: ir.IRBuilder, value: ir.Value, type_: types.Type) -> ir.Value:
    """Return a 32- or 64-bit number as an i64 with the same bits."""
    if isinstance(type_, types.Float):
        value = builder.bitcast(value, ir.IntType(type_.bitwidth))
    return builder.zext(value, context.I64) if type_.bitwidth == 32 else value


def from_bits(target, builder: ir.IRBuilder, word: ir.Value, type_: types.Type) -> ir.Value:
    """Undo `bits`: return the number that an i64 stands for."""
    if type_.bitwidth == 32:
        word = builder.trunc(word, context.I32)
    return builder.bitcast(word, target.get_value_type(type_))


def value_of_lane(builder: ir.IRBuilder, lane: ir.Value) -> ir.Value:
    """Return what a lane of this warp brought; every bit set when it was not there."""
    thread = builder.ptrtoint(context.thread(builder), context.I64)
    places = builder.mul(
        builder.sub(lane, coordinates.lane_id(builder)), constant(layout.THREAD_BYTES)
    )
    other = builder.inttoptr(builder.add(thread, places), context.PTR)
    present = builder.lshr(load_thread_word(builder, layout.PARTICIPANTS), lane)
    brought = context.load_word(builder, other, layout.PUBLISHED)
    return builder.select(builder.trunc(present, context.I1), brought, constant(-1))
