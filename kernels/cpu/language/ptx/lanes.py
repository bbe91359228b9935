"""What threads wait at: shuffles and votes of a warp, barriers, fences."""

import re

from llvmlite import ir

from ...machine import context, layout
from ..threads import coordinates
from ..threads.barriers import emit_fence
from ..threads.lanes import constant, exchange, value_of_lane
from ..threads.waiting import load_thread_word, wait
from .assembly import Assembly
from .syntax import PtxError, Statement
from .table import means


@means(r"shfl\.sync\.(idx|up|down|bfly)\.b32")
def shuffle(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Another lane's value, in segments of lanes; `d|p`: and whether the lane is in the segment."""
    builder = assembly.builder
    targets, source, *rest = statement.operands
    number, limits, mask = (assembly.read(item, "b32") for item in rest)
    value = builder.zext(assembly.read(source, "b32"), context.I64)
    exchange(builder, layout.AT_EXCHANGE, found[0], assembly.loc, mask, value)
    number, limits = (builder.zext(each, context.I64) for each in (number, limits))
    lane = coordinates.lane_id(builder)
    wanted, is_inside = _source(builder, found[1], lane, number, limits)
    taken = value_of_lane(builder, builder.select(is_inside, wanted, lane))
    to, _, predicate = targets.partition("|")
    assembly.write(to.strip(), builder.trunc(taken, context.I32), "b32")
    if predicate:
        assembly.write(predicate.strip(), is_inside, "pred")


def _source(builder: ir.IRBuilder, mode: str, lane, number, limits) -> tuple[ir.Value, ir.Value]:
    """Return the lane to read, and whether it is in the segment, as the PTX ISA computes them."""
    fives = constant(31)
    number, clamp = builder.and_(number, fives), builder.and_(limits, fives)
    segment = builder.and_(builder.lshr(limits, constant(8)), fives)
    outside = builder.xor(segment, fives)
    least = builder.and_(lane, segment)
    most = builder.or_(least, builder.and_(clamp, outside))
    if mode == "up":
        wanted = builder.sub(lane, number)
        return wanted, builder.icmp_signed(">=", wanted, most)
    if mode == "down":
        wanted = builder.add(lane, number)
    elif mode == "bfly":
        wanted = builder.xor(lane, number)
    else:
        wanted = builder.or_(least, builder.and_(number, outside))
    return wanted, builder.icmp_signed("<=", wanted, most)


@means(r"vote\.sync\.(all|any|ballot)\.(pred|b32)")
def vote(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """Whether a predicate holds in all lanes of the mask, in any, or in which."""
    builder, (to, predicate, mask) = assembly.builder, statement.operands
    negated = predicate.startswith("!")
    value = assembly.read(predicate.lstrip("!"), "pred")
    value = builder.zext(builder.not_(value) if negated else value, context.I64)
    lanes = assembly.read(mask, "b32")
    exchange(builder, layout.AT_EXCHANGE, found[0], assembly.loc, lanes, value)
    ballot, present = (load_thread_word(builder, word) for word in _OF_A_VOTE)
    if found[1] == "ballot":
        assembly.write(to, builder.trunc(ballot, context.I32), "b32")
    elif found[1] == "all":
        assembly.write(to, builder.icmp_unsigned("==", ballot, present), "pred")
    else:
        assembly.write(to, builder.icmp_unsigned("!=", ballot, constant(0)), "pred")


_OF_A_VOTE = layout.BALLOT, layout.PARTICIPANTS


@means(r"activemask\.b32")
def converged(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """The lanes that are here."""
    builder = assembly.builder
    wait(builder, layout.AT_CONVERGENCE, found[0], assembly.loc)
    present = load_thread_word(builder, layout.PARTICIPANTS)
    assembly.write(statement.operands[0], builder.trunc(present, context.I32), "b32")


@means(r"bar\.warp\.sync")
def sync_warp(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """cuda.syncwarp of a mask."""
    lanes = assembly.read(statement.operands[0], "b32")
    state = layout.AT_SYNCWARP
    exchange(assembly.builder, state, found[0], assembly.loc, lanes, constant(0))


@means(r"(?:bar|barrier)(?:\.cta)?\.sync(?:\.aligned)?")
def sync_block(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """cuda.syncthreads; there is barrier 0 alone, of all threads."""
    if statement.operands != ("0",):
        raise PtxError(f"inline PTX: {statement.text!r}; expected barrier 0 of all threads")
    wait(assembly.builder, layout.AT_BARRIER, found[0], assembly.loc)


@means(r"membar\.(cta|gl|sys)|fence(?:\.sc|\.acq_rel)?\.(cta|gpu|sys)")
def fence(assembly: Assembly, statement: Statement, found: re.Match) -> None:
    """cuda.threadfence, or threadfence_block."""
    emit_fence(assembly.builder, "cta" in found.groups())
