"""Runs one warp until its threads have finished or wait for the rest of the block.

This is CUDA's independent thread scheduling. Every thread has its own stack, and only warp
operations make it wait for other lanes. A warp operation waits for exactly the lanes of its mask
that have not returned. The group is released when each of these lanes waits at the same kind of
operation with the same mask. So groups with disjoint masks never wait for each other, wherever they
are in the code. What all lanes must execute together, such as mma.sync, has its place in the mask.

A pass resumes every runnable lane once, and groups are released between passes. Hence a lane reads
the values of its group (PUBLISHED, BALLOT) before any of its lanes can overwrite them.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from .intrinsics import load, next_random, resume, store
from .thread_order import permuted

COUNT_BITS = 11  # of each field of the packed counts, one per state: enough for 1024 threads

_WARP_SIZE, _THREAD_BYTES = layout.WARP_SIZE, layout.THREAD_BYTES
_STATE, _SITE, _MASK, _STRICT = layout.STATE, layout.SITE, layout.MASK, layout.STRICT
_VALUE, _PUBLISHED = layout.VALUE, layout.PUBLISHED
_PARTICIPANTS, _BALLOT = layout.PARTICIPANTS, layout.BALLOT
_READY, _FINISHED, _FAILED = layout.READY, layout.FINISHED, layout.FAILED
_AT_SYNCWARP, _AT_CONVERGENCE = layout.AT_SYNCWARP, layout.AT_CONVERGENCE


@DeviceFunction
def run_warp(worker, warp, lanes, passed):
    """Run the `lanes` threads whose records begin at `warp` as far as they can go.

    Threads in state `passed` waited at a barrier that has just been passed; they run, too. Returns
    how many threads end in each of the states READY to AT_GRID, packed in fields of COUNT_BITS. A
    thread that is READY at the end polls memory. When a thread fails, STATUS says so.
    """
    while True:
        order = next_random(worker)
        counts = 0
        waiting = False
        for place in range(_WARP_SIZE):
            lane = permuted(order, place, _WARP_SIZE)
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
    """Release every group that is complete; return whether there was one."""
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
        mask = load(thread, _MASK)
        if mask >> _WARP_SIZE and lanes < _WARP_SIZE and load(worker, _STRICT):
            continue  # all lanes must come, and the block has not as many
        group = mask & present
        if group >> lane & 1 and is_complete(warp, group, state, mask):
            release(warp, group)
            released = True
    return released or release_converged(warp, lanes)


@DeviceFunction
def is_complete(warp, group, state, mask):
    """Return whether every lane of the group waits in this state with this mask."""
    for lane in range(_WARP_SIZE):
        if group >> lane & 1:
            thread = warp + lane * _THREAD_BYTES
            if load(thread, _STATE) != state or load(thread, _MASK) != mask:
                return False
    return True


@DeviceFunction
def release(warp, group):
    """Publish the values of a group's lanes, and make the lanes ready."""
    ballot = 0
    for lane in range(_WARP_SIZE):
        if group >> lane & 1:
            ballot |= (load(warp + lane * _THREAD_BYTES, _VALUE) != 0) << lane
    for lane in range(_WARP_SIZE):
        if group >> lane & 1:
            thread = warp + lane * _THREAD_BYTES
            store(thread, _PUBLISHED, load(thread, _VALUE))
            store(thread, _PARTICIPANTS, group)
            store(thread, _BALLOT, ballot)
            store(thread, _STATE, _READY)


@DeviceFunction
def release_converged(warp, lanes):
    """Release the lanes that wait at the same activemask(); return whether there were any.

    No other lane of the warp can run by now, so the group is as large as it can get.
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
            release(warp, group)
            return True
    return False
