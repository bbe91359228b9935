"""The time of each thread: its timestamp, and a vector clock of the lanes of its warp.

A barrier of the block begins a new epoch for each of its threads, and one of the grid for each of
its blocks. Each thread advances its own timestamp, since every unfinished thread passes every
barrier. A syncwarp joins the vector clocks of its lanes.
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
_VECTOR_CLOCKS, _CLOCK_MASK = records.VECTOR_CLOCKS, records.CLOCK_MASK
_FIRST_TIMESTAMP = records.FIRST_TIMESTAMP
_BLOCK_SHIFT, _THREAD_SHIFT = records.BLOCK_SHIFT, records.THREAD_SHIFT
_GRID_SHIFT, _EPOCH_SHIFT = records.GRID_SHIFT, records.EPOCH_SHIFT


@DeviceFunction
def _linear_index(position, coordinates, extents, extent):
    """Return the number of a position in a block or a grid; x varies fastest."""
    x, y, z = coordinates, coordinates + 1, coordinates + 2
    rows = load(position, z) * load(extents, extent + 1) + load(position, y)
    return rows * load(extents, extent) + load(position, x)


@DeviceFunction
def begin_thread(worker, control, thread):
    """Set the stamp of a thread that begins. The first thread of a block begins the block."""
    block = _linear_index(worker, _BLOCK_IDX, worker, _GRID_DIM)
    number = _linear_index(thread, _THREAD_IDX, worker, _BLOCK_DIM)
    store(thread, _IDENTITY, block << _BLOCK_SHIFT | number << _THREAD_SHIFT)
    # The clock goes on from block to block, so the lanes' vector clocks stay valid.
    store(thread, _TIMESTAMP, _FIRST_TIMESTAMP | load(thread, _TIMESTAMP) & _CLOCK_MASK)
    store(thread, _LAST_FENCE, 0)
    store(thread, _LAST_GRID_FENCE, 0)
    store(thread, _ACQUIRED, 0)
    if load(control, _BLOCK_BEGUN) != block + 1:
        store(control, _BLOCK_BEGUN, block + 1)
        if load(control, _INITCHECK):
            begin_block(worker, control)


@DeviceFunction
def advance(thread, state):
    """Advance the timestamp of a thread that is about to wait in this state."""
    timestamp = load(thread, _TIMESTAMP)
    if state == _AT_BARRIER or state == _AT_VOTE:
        store(thread, _TIMESTAMP, timestamp + (1 << _EPOCH_SHIFT))
    elif state == _AT_GRID:
        grid = (timestamp >> _GRID_SHIFT) + 1
        store(thread, _TIMESTAMP, grid << _GRID_SHIFT | timestamp & _CLOCK_MASK)
    elif state == _AT_SYNCWARP:
        store(thread, _VALUE, (timestamp & _CLOCK_MASK) + 1)  # for the vector clocks of others
        store(thread, _TIMESTAMP, timestamp + 1)


@DeviceFunction
def join_clocks(control, thread):
    """Join the vector clock of a thread with those of the lanes of its syncwarp.

    Lanes that resumed before this one have learnt nothing further: groups are released only when no
    lane of the warp runs.
    """
    clocks = load(control, _VECTOR_CLOCKS)
    if clocks == 0:
        return
    participants = load(thread, _PARTICIPANTS)
    number = load(thread, _IDENTITY) >> _THREAD_SHIFT & 0x3FF
    lane = number & _WARP_SIZE - 1
    own = clocks + number * _WARP_SIZE * 8
    for other in range(_WARP_SIZE):
        if participants >> other & 1 and other != lane:
            distance = other - lane
            others = own + distance * _WARP_SIZE * 8
            for each in range(_WARP_SIZE):
                store(own, each, max(load(own, each), load(others, each)))
            clock = load(thread + distance * _THREAD_BYTES, _PUBLISHED)
            store(own, other, max(load(own, other), clock))


@DeviceFunction
def fence(control, thread, is_for_block):
    """Note a fence. The thread's later accesses have a later timestamp."""
    timestamp = load(thread, _TIMESTAMP)
    store(thread, _LAST_FENCE, timestamp)
    if not is_for_block:
        store(thread, _LAST_GRID_FENCE, timestamp)
        note_grid_fence(control, thread)
    store(thread, _TIMESTAMP, timestamp + 1)
