"""Who a thread is and when: what its stamps say, kept from event to event.

A barrier of the block begins a new epoch for all its threads, one of the grid a new time for all
its blocks; every thread counts for itself, since all that are left pass each barrier. A syncwarp
hands on clocks: each lane brings its own, and leaves knowing what any lane of the group knew.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..scheduler.intrinsics import load, store
from . import records
from .happens_before import note_grid_fence
from .initcheck import begin_block

_IDENTITY, _TIMESTAMP, _LAST_FENCE = layout.IDENTITY, layout.TIMESTAMP, layout.LAST_FENCE
_LAST_GRID_FENCE, _ACQUIRED = layout.LAST_GRID_FENCE, layout.ACQUIRED
_VALUE, _PUBLISHED, _PARTICIPANTS = layout.VALUE, layout.PUBLISHED, layout.PARTICIPANTS
_THREAD_IDX, _BLOCK_DIM = layout.THREAD_IDX, layout.BLOCK_DIM
_BLOCK_IDX, _GRID_DIM = layout.BLOCK_IDX, layout.GRID_DIM
_AT_BARRIER, _AT_VOTE = layout.AT_BARRIER, layout.AT_VOTE
_AT_GRID, _AT_SYNCWARP = layout.AT_GRID, layout.AT_SYNCWARP
_THREAD_BYTES, _WARP_SIZE = layout.THREAD_BYTES, layout.WARP_SIZE
_INITCHECK, _BLOCK_BEGUN = records.INITCHECK, records.BLOCK_BEGUN
_VECTOR_CLOCKS, _FIRST_TIMESTAMP, _CLOCK_MASK = (
    records.VECTOR_CLOCKS,
    records.FIRST_TIMESTAMP,
    records.CLOCK_MASK,
)
_BLOCK_SHIFT, _THREAD_SHIFT = records.BLOCK_SHIFT, records.THREAD_SHIFT
_GRID_SHIFT, _EPOCH_SHIFT = records.GRID_SHIFT, records.EPOCH_SHIFT


@DeviceFunction
def _number(position, coordinates, extents, extent):
    """Number a position in a block or a grid, x first."""
    x, y, z = coordinates, coordinates + 1, coordinates + 2
    rows = load(position, z) * load(extents, extent + 1) + load(position, y)
    return rows * load(extents, extent) + load(position, x)


@DeviceFunction
def begin_thread(worker, control, thread):
    """Stamp a thread that begins; the first one of a block begins the block."""
    block = _number(worker, _BLOCK_IDX, worker, _GRID_DIM)
    number = _number(thread, _THREAD_IDX, worker, _BLOCK_DIM)
    store(thread, _IDENTITY, block << _BLOCK_SHIFT | number << _THREAD_SHIFT)
    # The clock goes on from block to block: what lanes knew of it stays true.
    store(thread, _TIMESTAMP, _FIRST_TIMESTAMP | load(thread, _TIMESTAMP) & _CLOCK_MASK)
    store(thread, _LAST_FENCE, 0)
    store(thread, _LAST_GRID_FENCE, 0)
    store(thread, _ACQUIRED, 0)
    if load(control, _BLOCK_BEGUN) != block + 1:
        store(control, _BLOCK_BEGUN, block + 1)
        if load(control, _INITCHECK):
            begin_block(worker, control)


@DeviceFunction
def begin_wait(thread, state):
    """Move the stamp on for a thread that is about to wait in this state."""
    moment = load(thread, _TIMESTAMP)
    if state == _AT_BARRIER or state == _AT_VOTE:
        store(thread, _TIMESTAMP, moment + (1 << _EPOCH_SHIFT))
    elif state == _AT_GRID:
        store(thread, _TIMESTAMP, (moment >> _GRID_SHIFT) + 1 << _GRID_SHIFT | moment & _CLOCK_MASK)
    elif state == _AT_SYNCWARP:
        store(thread, _VALUE, (moment & _CLOCK_MASK) + 1)  # the others know all before it
        store(thread, _TIMESTAMP, moment + 1)


@DeviceFunction
def join_clocks(control, thread):
    """Learn what the lanes of a syncwarp knew.

    Lanes that went on before this one have learnt nothing else: groups come together only when no
    lane of the warp runs.
    """
    known = load(control, _VECTOR_CLOCKS)
    if known == 0:
        return
    present = load(thread, _PARTICIPANTS)
    number = load(thread, _IDENTITY) >> _THREAD_SHIFT & 0x3FF
    lane = number & _WARP_SIZE - 1
    mine = known + number * _WARP_SIZE * 8
    for other in range(_WARP_SIZE):
        if present >> other & 1 and other != lane:
            steps = other - lane
            its = mine + steps * _WARP_SIZE * 8
            for each in range(_WARP_SIZE):
                store(mine, each, max(load(mine, each), load(its, each)))
            store(
                mine,
                other,
                max(load(mine, other), load(thread + steps * _THREAD_BYTES, _PUBLISHED)),
            )


@DeviceFunction
def fence(control, thread, is_for_block):
    """Note a fence: what the thread does from now on is behind it."""
    moment = load(thread, _TIMESTAMP)
    store(thread, _LAST_FENCE, moment)
    if not is_for_block:
        store(thread, _LAST_GRID_FENCE, moment)
        note_grid_fence(control, thread)
    store(thread, _TIMESTAMP, moment + 1)
