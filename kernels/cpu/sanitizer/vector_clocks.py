"""Who a thread is and when: what its stamps say, kept from event to event.

A barrier of the block begins a new epoch for all its threads, one of the grid a new time for all
its blocks; every thread counts for itself, since all that are left pass each barrier. A syncwarp
hands on clocks: each lane brings its own, and leaves knowing what any lane of the group knew.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..scheduler.intrinsics import load, store
from . import records
from .happens_before import note_fence
from .initcheck import begin_block

_WHO, _WHEN, _FENCED = layout.WHO, layout.WHEN, layout.FENCED
_FENCED_GRID, _ACQUIRED = layout.FENCED_GRID, layout.ACQUIRED
_VALUE, _SEEN, _PRESENT = layout.VALUE, layout.SEEN, layout.PRESENT
_THREAD_IDX, _BLOCK_DIM = layout.THREAD_IDX, layout.BLOCK_DIM
_BLOCK_IDX, _GRID_DIM = layout.BLOCK_IDX, layout.GRID_DIM
_AT_BARRIER, _AT_VOTE = layout.AT_BARRIER, layout.AT_VOTE
_AT_GRID, _AT_SYNCWARP = layout.AT_GRID, layout.AT_SYNCWARP
_THREAD_BYTES, _WARP = layout.THREAD_BYTES, layout.WARP
_UNWRITTEN, _BLOCK_BEGUN = records.UNWRITTEN, records.BLOCK_BEGUN
_KNOWN, _FIRST_MOMENT, _CLOCKS = records.KNOWN, records.FIRST_MOMENT, records.CLOCKS
_BLOCK_AT, _THREAD_AT = records.BLOCK_AT, records.THREAD_AT
_GRID_AT, _EPOCH_AT = records.GRID_AT, records.EPOCH_AT


@DeviceFunction
def _number(position, coordinates, extents, extent):
    """Number a position in a block or a grid, x first."""
    x, y, z = coordinates, coordinates + 1, coordinates + 2
    rows = load(position, z) * load(extents, extent + 1) + load(position, y)
    return rows * load(extents, extent) + load(position, x)


@DeviceFunction
def begin(worker, control, thread):
    """Stamp a thread that begins; the first one of a block begins the block."""
    block = _number(worker, _BLOCK_IDX, worker, _GRID_DIM)
    number = _number(thread, _THREAD_IDX, worker, _BLOCK_DIM)
    store(thread, _WHO, block << _BLOCK_AT | number << _THREAD_AT)
    # The clock goes on from block to block: what lanes knew of it stays true.
    store(thread, _WHEN, _FIRST_MOMENT | load(thread, _WHEN) & _CLOCKS)
    store(thread, _FENCED, 0)
    store(thread, _FENCED_GRID, 0)
    store(thread, _ACQUIRED, 0)
    if load(control, _BLOCK_BEGUN) != block + 1:
        store(control, _BLOCK_BEGUN, block + 1)
        if load(control, _UNWRITTEN):
            begin_block(worker, control)


@DeviceFunction
def wait(thread, state):
    """Move the stamp on for a thread that is about to wait in this state."""
    moment = load(thread, _WHEN)
    if state == _AT_BARRIER or state == _AT_VOTE:
        store(thread, _WHEN, moment + (1 << _EPOCH_AT))
    elif state == _AT_GRID:
        store(thread, _WHEN, (moment >> _GRID_AT) + 1 << _GRID_AT | moment & _CLOCKS)
    elif state == _AT_SYNCWARP:
        store(thread, _VALUE, (moment & _CLOCKS) + 1)  # the others know all before it
        store(thread, _WHEN, moment + 1)


@DeviceFunction
def meet(control, thread):
    """Learn what the lanes of a syncwarp knew.

    Lanes that went on before this one have learnt nothing else: groups come together only when no
    lane of the warp runs.
    """
    known = load(control, _KNOWN)
    if known == 0:
        return
    present = load(thread, _PRESENT)
    number = load(thread, _WHO) >> _THREAD_AT & 0x3FF
    lane = number & _WARP - 1
    mine = known + number * _WARP * 8
    for other in range(_WARP):
        if present >> other & 1 and other != lane:
            steps = other - lane
            its = mine + steps * _WARP * 8
            for each in range(_WARP):
                store(mine, each, max(load(mine, each), load(its, each)))
            store(mine, other, max(load(mine, other), load(thread + steps * _THREAD_BYTES, _SEEN)))


@DeviceFunction
def fence(control, thread, is_for_block):
    """Note a fence: what the thread does from now on is behind it."""
    moment = load(thread, _WHEN)
    store(thread, _FENCED, moment)
    if not is_for_block:
        store(thread, _FENCED_GRID, moment)
        note_fence(control, thread)
    store(thread, _WHEN, moment + 1)
