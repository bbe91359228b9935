"""Runs one warp until its threads have finished or wait for the rest of the block.

Every thread has its own stack and runs alone: nothing but a warp operation makes it wait for its
lanes. A warp operation waits for exactly the lanes of its mask that have not returned; the group
goes on when each of them waits at the same kind of operation with the same mask. So groups with
disjoint masks do not wait for each other, wherever they are in the code: CUDA's independent thread
scheduling.

A pass resumes every lane that can run once, and groups are released between passes. Hence a lane
reads what its group brought (SEEN, BALLOT) before any lane of it can bring something else.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from .intrinsics import load, resume, store
from .thread_order import draw, shuffled

COUNT_BITS = 11  # enough for 1024 threads; the packed counts have a field a state

_WARP, _THREAD_BYTES = layout.WARP, layout.THREAD_BYTES
_STATE, _SITE, _MASK, _STRICT = layout.STATE, layout.SITE, layout.MASK, layout.STRICT
_VALUE, _SEEN = layout.VALUE, layout.SEEN
_PRESENT, _BALLOT = layout.PRESENT, layout.BALLOT
_READY, _FINISHED, _FAILED = layout.READY, layout.FINISHED, layout.FAILED
_AT_SYNCWARP, _AT_CONVERGENCE = layout.AT_SYNCWARP, layout.AT_CONVERGENCE


@DeviceFunction
def run_warp(worker, warp, lanes, passed):
    """Run the `lanes` threads whose records begin at `warp` as far as they can go.

    Threads in state `passed` wait at a barrier that has just been passed: they go on, too. Returns
    how many are in each of the states READY to AT_GRID at the end, one field of COUNT_BITS a state.
    A READY thread polls memory: it let others run. When a thread failed, STATUS says so.
    """
    while True:
        order = draw(worker)
        counts = 0
        waiting = False
        for place in range(_WARP):
            lane = shuffled(order, place, _WARP)
            if lane >= lanes:
                continue
            thread = warp + lane * _THREAD_BYTES
            state = load(thread, _STATE)
            if state == _READY or state == passed:
                resume(worker, thread)
                state = load(thread, _STATE)
            if state < _AT_SYNCWARP:
                counts += 1 << COUNT_BITS * state
            elif state == _FAILED:
                return counts
            else:
                waiting = True
        if not waiting or not release_groups(worker, warp, lanes):
            return counts
        passed = _READY


@DeviceFunction
def release_groups(worker, warp, lanes):
    """Let every group go on that has come together; return whether there was one."""
    finished = 0
    for lane in range(lanes):
        finished |= (load(warp + lane * _THREAD_BYTES, _STATE) == _FINISHED) << lane
    existing = (1 << lanes) - 1
    present = existing if load(worker, _STRICT) else existing & ~finished
    released = False
    for lane in range(lanes):
        thread = warp + lane * _THREAD_BYTES
        state = load(thread, _STATE)
        if state < _AT_SYNCWARP or state == _AT_CONVERGENCE:
            continue
        group = load(thread, _MASK) & present
        if group >> lane & 1 and together(warp, group, state, load(thread, _MASK)):
            let_go(warp, group)
            released = True
    return released or converge(warp, lanes)


@DeviceFunction
def together(warp, group, state, mask):
    """Say whether each lane of the group waits in this state with this mask."""
    for lane in range(_WARP):
        if group >> lane & 1:
            thread = warp + lane * _THREAD_BYTES
            if load(thread, _STATE) != state or load(thread, _MASK) != mask:
                return False
    return True


@DeviceFunction
def let_go(warp, group):
    """Show the lanes of a group what each of them brought, and make them ready."""
    ballot = 0
    for lane in range(_WARP):
        if group >> lane & 1:
            ballot |= (load(warp + lane * _THREAD_BYTES, _VALUE) != 0) << lane
    for lane in range(_WARP):
        if group >> lane & 1:
            thread = warp + lane * _THREAD_BYTES
            store(thread, _SEEN, load(thread, _VALUE))
            store(thread, _PRESENT, group)
            store(thread, _BALLOT, ballot)
            store(thread, _STATE, _READY)


@DeviceFunction
def converge(warp, lanes):
    """Let the lanes at the same activemask() go on together; return whether there were any.

    Nothing else in the warp can move by now, so the group is as large as it can become.
    """
    for first in range(lanes):
        thread = warp + first * _THREAD_BYTES
        if load(thread, _STATE) == _AT_CONVERGENCE:
            site = load(thread, _SITE)
            group = 0
            for lane in range(first, lanes):
                other = warp + lane * _THREAD_BYTES
                here = load(other, _STATE) == _AT_CONVERGENCE and load(other, _SITE) == site
                group |= here << lane
            let_go(warp, group)
            return True
    return False
