"""Shuffles and matches of a warp's lanes, with numba-cuda's types."""

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...machine import context, layout
from . import coordinates
from .lanes import WORDS, constant, exchange, from_bits, is_integer, to_bits, value_of_lane
from .waiting import load_thread_word


def _shuffle(name: str, mask, value, other, source):
    """Return type and lowering of a shuffle. source(builder, lane, number) is the lane to read."""
    if types.unliteral(value) not in WORDS:
        raise TypingError(f"cuda.{name}: value is {value}; expected a 32- or 64-bit int or float")
    if not is_integer(mask, other):
        raise TypingError(f"cuda.{name}: mask and lane are {mask} and {other}; expected integers")
    word = types.unliteral(value)

    def lower(target, builder, signature, arguments, loc=None):
        own = to_bits(builder, arguments[1], word)
        exchange(builder, layout.AT_EXCHANGE, f"cuda.{name}()", loc, arguments[0], own)
        lane = coordinates.lane_id(builder)
        number = builder.and_(arguments[2], ir.Constant(context.I32, layout.WARP_SIZE - 1))
        wanted = source(builder, lane, builder.zext(number, context.I64))
        outside = builder.icmp_unsigned(">=", wanted, constant(layout.WARP_SIZE))
        taken = value_of_lane(builder, builder.select(outside, lane, wanted))
        return from_bits(target, builder, taken, word)

    return word(types.uint32, word, types.int32), lower


@intrinsic
def shfl_sync(typing_context, mask, value, src_lane):
    """Return the value of lane `src_lane`, modulo 32."""
    return _shuffle("shfl_sync", mask, value, src_lane, lambda builder, lane, number: number)


@intrinsic
def shfl_up_sync(typing_context, mask, value, delta):
    """Return the value of the lane `delta` below, the own value where there is none."""
    source = lambda builder, lane, number: builder.sub(lane, number)  # noqa: E731
    return _shuffle("shfl_up_sync", mask, value, delta, source)


@intrinsic
def shfl_down_sync(typing_context, mask, value, delta):
    """Return the value of the lane `delta` above, the own value where there is none."""
    source = lambda builder, lane, number: builder.add(lane, number)  # noqa: E731
    return _shuffle("shfl_down_sync", mask, value, delta, source)


@intrinsic
def shfl_xor_sync(typing_context, mask, value, lane_mask):
    """Return the value of lane `laneid ^ lane_mask`."""
    source = lambda builder, lane, number: builder.xor(lane, number)  # noqa: E731
    return _shuffle("shfl_xor_sync", mask, value, lane_mask, source)


def _match(name: str, mask, value, result_type, result):
    """Return type and lowering of a match; its value is result(target, builder, same, present)."""
    if types.unliteral(value) not in WORDS or not is_integer(mask):
        expected = "an integer and a 32- or 64-bit int or float"
        raise TypingError(f"cuda.{name} is given {mask} and {value}; expected {expected}")
    word = types.unliteral(value)

    def lower(target, builder, signature, arguments, loc=None):
        own = to_bits(builder, arguments[1], word)
        exchange(builder, layout.AT_EXCHANGE, f"cuda.{name}()", loc, arguments[0], own)
        present = load_thread_word(builder, layout.PARTICIPANTS)
        same = cgutils.alloca_once_value(builder, constant(0))
        with cgutils.for_range(builder, constant(layout.WARP_SIZE)) as lanes:
            lane = lanes.index
            equal = builder.icmp_unsigned("==", value_of_lane(builder, lane), own)
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
    """Return (mask, True) if all lanes of the mask have the same value, otherwise (0, False)."""
    result_type = types.Tuple((types.int32, types.boolean))

    def lanes(target, builder, same, present):
        equal = builder.icmp_unsigned("==", same, present)
        mask_or_none = builder.trunc(builder.select(equal, present, constant(0)), context.I32)
        return target.make_tuple(builder, result_type, (mask_or_none, equal))

    return _match("match_all_sync", mask, value, result_type, lanes)
