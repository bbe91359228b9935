"""Warp operations: syncwarp, shuffles, votes, matches, and the masks of lanes.

A thread brings a value and a mask, waits for the lanes of the mask (warps.py releases them), and
then reads what they brought. Types are numba-cuda's. A lane outside of the mask, one that has
returned and one beyond the block's end bring nothing: a GPU would read an undefined value from it,
here every bit is set, NaN or -1, so that it shows.
"""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from kernels.cpu import context, coordinates, record
from kernels.cpu.waiting import get, is_predicate, put, truth, wait

_WORDS = (types.int32, types.int64, types.float32, types.float64)
_FULL = (1 << record.WARP) - 1


def _constant(value: int) -> ir.Constant:
    return ir.Constant(context.I64, value)


def _gather(builder: ir.IRBuilder, state: int, name: str, loc, mask, value: ir.Value) -> None:
    """Bring an i64 and wait for the lanes of the mask."""
    lanes = mask if mask.type == context.I64 else builder.zext(mask, context.I64)
    put(builder, record.MASK, builder.and_(lanes, _constant(_FULL)))
    put(builder, record.VALUE, value)
    wait(builder, state, f"cuda.{name}()", loc)


def _is_integer(*given: types.Type) -> bool:
    return all(isinstance(types.unliteral(type_), types.Integer) for type_ in given)


def _bits(builder: ir.IRBuilder, value: ir.Value, type_: types.Type) -> ir.Value:
    """Return a 32- or 64-bit number as an i64 with the same bits."""
    if isinstance(type_, types.Float):
        value = builder.bitcast(value, ir.IntType(type_.bitwidth))
    return builder.zext(value, context.I64) if type_.bitwidth == 32 else value


def _number(target, builder: ir.IRBuilder, bits: ir.Value, type_: types.Type) -> ir.Value:
    """Undo `_bits`."""
    if type_.bitwidth == 32:
        bits = builder.trunc(bits, context.I32)
    return builder.bitcast(bits, target.get_value_type(type_))


def _seen(builder: ir.IRBuilder, lane: ir.Value) -> ir.Value:
    """Return what a lane of this warp brought; every bit set when it was not there."""
    thread = builder.ptrtoint(context.thread(builder), context.I64)
    places = builder.mul(
        builder.sub(lane, coordinates.lane(builder)), _constant(record.THREAD_BYTES)
    )
    other = builder.inttoptr(builder.add(thread, places), context.PTR)
    present = builder.lshr(get(builder, record.PRESENT), lane)
    brought = context.word(builder, other, record.SEEN)
    return builder.select(builder.trunc(present, context.I1), brought, _constant(-1))


def _shuffle(name: str, mask, value, other, source):
    """Type and lower a shuffle; source(builder, lane, number) is the lane to read, all i64."""
    if types.unliteral(value) not in _WORDS:
        raise TypingError(f"cuda.{name}: value is {value}; expected a 32- or 64-bit int or float")
    if not _is_integer(mask, other):
        raise TypingError(f"cuda.{name}: mask and lane are {mask} and {other}; expected integers")
    word = types.unliteral(value)

    def lower(target, builder, signature, arguments, loc=None):
        brought = _bits(builder, arguments[1], word)
        _gather(builder, record.AT_EXCHANGE, name, loc, arguments[0], brought)
        lane = coordinates.lane(builder)
        number = builder.and_(arguments[2], ir.Constant(context.I32, record.WARP - 1))
        wanted = source(builder, lane, builder.zext(number, context.I64))
        outside = builder.icmp_unsigned(">=", wanted, _constant(record.WARP))
        seen = _seen(builder, builder.select(outside, lane, wanted))
        return _number(target, builder, seen, word)

    return word(types.uint32, word, types.int32), lower


@intrinsic
def shfl_sync(typing_context, mask, value, src_lane):
    """Return the value of lane `src_lane`, modulo 32."""
    return _shuffle("shfl_sync", mask, value, src_lane, lambda builder, lane, number: number)


@intrinsic
def shfl_up_sync(typing_context, mask, value, delta):
    """Return the value of the lane `delta` below; its own where there is none."""
    source = lambda builder, lane, number: builder.sub(lane, number)  # noqa: E731
    return _shuffle("shfl_up_sync", mask, value, delta, source)


@intrinsic
def shfl_down_sync(typing_context, mask, value, delta):
    """Return the value of the lane `delta` above; its own where there is none."""
    source = lambda builder, lane, number: builder.add(lane, number)  # noqa: E731
    return _shuffle("shfl_down_sync", mask, value, delta, source)


@intrinsic
def shfl_xor_sync(typing_context, mask, value, lane_mask):
    """Return the value of lane `laneid ^ lane_mask`."""
    source = lambda builder, lane, number: builder.xor(lane, number)  # noqa: E731
    return _shuffle("shfl_xor_sync", mask, value, lane_mask, source)


def _vote(name: str, mask, predicate, result_type, result):
    """Type and lower a vote; result(builder, ballot, present) makes it of two i64 masks."""
    if not _is_integer(mask) or not is_predicate(predicate):
        expected = "an integer and an integer or boolean"
        raise TypingError(f"cuda.{name} is given {mask} and {predicate}; expected {expected}")

    def lower(target, builder, signature, arguments, loc=None):
        brought = truth(builder, arguments[1])
        _gather(builder, record.AT_EXCHANGE, name, loc, arguments[0], brought)
        return result(builder, get(builder, record.BALLOT), get(builder, record.PRESENT))

    return result_type(types.uint32, types.unliteral(predicate)), lower


def _all_said_yes(builder, ballot, present):
    return builder.icmp_unsigned("==", ballot, present)


def _one_said_yes(builder, ballot, present):
    return builder.icmp_unsigned("!=", ballot, _constant(0))


@intrinsic
def all_sync(typing_context, mask, predicate):
    """Say whether the predicate is true in every lane of the mask."""
    return _vote("all_sync", mask, predicate, types.boolean, _all_said_yes)


@intrinsic
def any_sync(typing_context, mask, predicate):
    """Say whether the predicate is true in a lane of the mask."""
    return _vote("any_sync", mask, predicate, types.boolean, _one_said_yes)


@intrinsic
def eq_sync(typing_context, mask, predicate):
    """Say whether the predicate is the same in every lane of the mask."""

    def agree(builder, ballot, present):
        none = builder.not_(_one_said_yes(builder, ballot, present))
        return builder.or_(none, _all_said_yes(builder, ballot, present))

    return _vote("eq_sync", mask, predicate, types.boolean, agree)


@intrinsic
def ballot_sync(typing_context, mask, predicate):
    """Return the lanes of the mask in which the predicate is true, as an int32."""

    def votes(builder, ballot, present):
        return builder.trunc(ballot, context.I32)

    return _vote("ballot_sync", mask, predicate, types.int32, votes)


def _match(name: str, mask, value, result_type, result):
    """Type and lower a match; result(target, builder, same, present) is what it returns."""
    if types.unliteral(value) not in _WORDS or not _is_integer(mask):
        expected = "an integer and a 32- or 64-bit int or float"
        raise TypingError(f"cuda.{name} is given {mask} and {value}; expected {expected}")
    word = types.unliteral(value)

    def lower(target, builder, signature, arguments, loc=None):
        own = _bits(builder, arguments[1], word)
        _gather(builder, record.AT_EXCHANGE, name, loc, arguments[0], own)
        present = get(builder, record.PRESENT)
        same = cgutils.alloca_once_value(builder, _constant(0))
        with cgutils.for_range(builder, _constant(record.WARP)) as lanes:
            lane = lanes.index
            equal = builder.icmp_unsigned("==", _seen(builder, lane), own)
            bit = builder.shl(builder.zext(equal, context.I64), lane)
            builder.store(builder.or_(builder.load(same), bit), same)
        return result(target, builder, builder.and_(builder.load(same), present), present)

    return result_type(types.uint32, word), lower


@intrinsic
def match_any_sync(typing_context, mask, value):
    """Return the lanes of the mask with the same value, bit for bit, as an int32."""

    def lanes(target, builder, same, present):
        return builder.trunc(same, context.I32)

    return _match("match_any_sync", mask, value, types.int32, lanes)


@intrinsic
def match_all_sync(typing_context, mask, value):
    """Return (the mask, True) when every lane of it has the same value, and else (0, False)."""
    result_type = types.Tuple((types.int32, types.boolean))

    def lanes(target, builder, same, present):
        equal = _all_said_yes(builder, same, present)
        mask_or_none = builder.trunc(builder.select(equal, present, _constant(0)), context.I32)
        return target.make_tuple(builder, result_type, (mask_or_none, equal))

    return _match("match_all_sync", mask, value, result_type, lanes)


@intrinsic
def syncwarp(typing_context, mask=None):
    """Wait for the lanes of the mask, all when none is given; then all see each other's writes."""
    given = mask is not None and not isinstance(mask, types.Omitted)
    if given and not _is_integer(mask):
        raise TypingError(f"cuda.syncwarp is given {mask}; expected an integer")

    def lower(target, builder, signature, arguments, loc=None):
        lanes = arguments[0] if given else _constant(_FULL)
        _gather(builder, record.AT_SYNCWARP, "syncwarp", loc, lanes, _constant(0))
        return target.get_dummy_value()

    return types.none(types.uint32 if given else types.Omitted(None)), lower


@intrinsic
def activemask(typing_context):
    """Return the lanes that are here together, as a uint32.

    The lanes of a warp come one by one: each waits until no lane can come any more, because it has
    finished or waits elsewhere.
    """

    def lower(target, builder, signature, arguments, loc=None):
        wait(builder, record.AT_CONVERGENCE, "cuda.activemask()", loc)
        return builder.trunc(get(builder, record.PRESENT), context.I32)

    return types.uint32(), lower


@intrinsic
def lanemask_lt(typing_context):
    """Return the lanes below this one, as a uint32."""

    def lower(target, builder, signature, arguments):
        one = _constant(1)
        below = builder.sub(builder.shl(one, coordinates.lane(builder)), one)
        return builder.trunc(below, context.I32)

    return types.uint32(), lower
