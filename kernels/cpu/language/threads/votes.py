"""Votes of a warp's lanes, syncwarp, and masks of lanes, with numba-cuda's types."""

from numba.core import types
from numba.core.errors import TypingError
from numba.core.extending import intrinsic

from ...machine import context, layout
from . import coordinates
from .lanes import ALL_LANES, constant, exchange, is_integer
from .waiting import is_predicate, load_thread_word, truth_value, wait


def _vote(name: str, mask, predicate, result_type, result):
    """Return type and lowering of a vote, whose value is result(builder, ballot, present)."""
    if not is_integer(mask):
        raise TypingError(f"cuda.{name}: Mask type must be an integer. Got {mask}")
    if not is_predicate(predicate):
        raise TypingError(f"cuda.{name}: Predicate must be an integer or boolean. Got {predicate}")

    def lower(target, builder, signature, arguments, loc=None):
        vote = truth_value(builder, arguments[1])
        exchange(builder, layout.AT_EXCHANGE, f"cuda.{name}()", loc, arguments[0], vote)
        return result(
            builder,
            load_thread_word(builder, layout.BALLOT),
            load_thread_word(builder, layout.PARTICIPANTS),
        )

    return result_type(types.uint32, types.unliteral(predicate)), lower


def _all_votes(builder, ballot, present):
    return builder.icmp_unsigned("==", ballot, present)


def _any_vote(builder, ballot, present):
    return builder.icmp_unsigned("!=", ballot, constant(0))


@intrinsic
def all_sync(typing_context, mask, predicate):
    """Return whether the predicate is true in every lane of the mask."""
    return _vote("all_sync", mask, predicate, types.boolean, _all_votes)


@intrinsic
def any_sync(typing_context, mask, predicate):
    """Return whether the predicate is true in any lane of the mask."""
    return _vote("any_sync", mask, predicate, types.boolean, _any_vote)


@intrinsic
def eq_sync(typing_context, mask, predicate):
    """Return whether the predicate is the same in every lane of the mask."""

    def agree(builder, ballot, present):
        none = builder.not_(_any_vote(builder, ballot, present))
        return builder.or_(none, _all_votes(builder, ballot, present))

    return _vote("eq_sync", mask, predicate, types.boolean, agree)


@intrinsic
def ballot_sync(typing_context, mask, predicate):
    """Return the lanes of the mask in which the predicate is true, as an int32."""

    def votes(builder, ballot, present):
        return builder.trunc(ballot, context.I32)

    return _vote("ballot_sync", mask, predicate, types.int32, votes)


@intrinsic
def syncwarp(typing_context, mask=None):
    """Wait for the lanes of the mask, by default all; then they see each other's writes."""
    given = mask is not None and not isinstance(mask, types.Omitted)
    if given and not is_integer(mask):
        raise TypingError(f"cuda.syncwarp is given {mask}; expected an integer")

    def lower(target, builder, signature, arguments, loc=None):
        lanes = arguments[0] if given else constant(ALL_LANES)
        exchange(builder, layout.AT_SYNCWARP, "cuda.syncwarp()", loc, lanes, constant(0))
        return target.get_dummy_value()

    return types.none(types.uint32 if given else types.Omitted(None)), lower


@intrinsic
def activemask(typing_context):
    """Return the lanes that have converged here, as a uint32.

    The lanes of a warp arrive one by one. Each waits until no further lane can arrive, since the
    others have finished or wait elsewhere.
    """

    def lower(target, builder, signature, arguments, loc=None):
        wait(builder, layout.AT_CONVERGENCE, "cuda.activemask()", loc)
        return builder.trunc(load_thread_word(builder, layout.PARTICIPANTS), context.I32)

    return types.uint32(), lower


@intrinsic
def lanemask_lt(typing_context):
    """Return the lanes below this one, as a uint32."""

    def lower(target, builder, signature, arguments):
        one = constant(1)
        below = builder.sub(builder.shl(one, coordinates.lane_id(builder)), one)
        return builder.trunc(below, context.I32)

    return types.uint32(), lower
