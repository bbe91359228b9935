"""Whether one access happens before another, by how the kernel orders them (racecheck.py)."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..scheduler.intrinsics import load, store
from . import records

_BLOCK_SHIFT, _THREAD_SHIFT = records.BLOCK_SHIFT, records.THREAD_SHIFT
_GRID_SHIFT, _EPOCH_SHIFT, _CLOCK_MASK = records.GRID_SHIFT, records.EPOCH_SHIFT, records.CLOCK_MASK
_THREADS, _VECTOR_CLOCKS = records.THREADS, records.VECTOR_CLOCKS
_THREAD_RELEASES, _BLOCK_RELEASES = records.THREAD_RELEASES, records.BLOCK_RELEASES
_COUNTERS, _RELEASE_COUNT = records.COUNTERS, records.RELEASE_COUNT
_BLOCK_SCOPE_FIRST, _BLOCK_SCOPE_TIME = records.BLOCK_SCOPE_FIRST, records.BLOCK_SCOPE_TIME
_GRID_SCOPE_FIRST, _GRID_SCOPE_TIME = records.GRID_SCOPE_FIRST, records.GRID_SCOPE_TIME
_FIRST_RELEASE, _FENCE_EPOCH = records.FIRST_RELEASE, records.FENCE_EPOCH
_LAST_ACQUIRE, _RELEASE_EPOCH = records.LAST_ACQUIRE, records.RELEASE_EPOCH
_GRID_FENCE_TIME = records.GRID_FENCE_TIME
_THREAD_BYTES, _BLOCK_BYTES = 8 * records.THREAD_RELEASE_WORDS, 8 * records.BLOCK_RELEASE_WORDS
_CURRENT_THREAD, _ACQUIRED = layout.CURRENT_THREAD, layout.ACQUIRED
_LAST_FENCE, _LAST_GRID_FENCE = layout.LAST_FENCE, layout.LAST_GRID_FENCE
_IDENTITY, _TIMESTAMP = layout.IDENTITY, layout.TIMESTAMP


@DeviceFunction
def block_of(identity):
    """Return the number of an access's block."""
    return identity >> _BLOCK_SHIFT & 0xFFFFFFFF


@DeviceFunction
def thread_of(identity):
    """Return the number of an access's thread in its block."""
    return identity >> _THREAD_SHIFT & 0x3FF


@DeviceFunction
def _thread_release(control, identity):
    number = block_of(identity) * load(control, _THREADS) + thread_of(identity)
    return load(control, _THREAD_RELEASES) + number * _THREAD_BYTES


@DeviceFunction
def _block_release(control, identity):
    return load(control, _BLOCK_RELEASES) + block_of(identity) * _BLOCK_BYTES


@DeviceFunction
def happens_before(access, other, other_time):
    """Return whether an earlier access, with this stamp, is ordered before the present one.

    A timestamp of 0 is that of no access, a negative one that of an access before the last write.

    `access` is (worker, control, whether the memory is shared, identity, timestamp).
    """
    worker, control, is_shared, identity, timestamp = access
    if other_time <= 0 or (identity ^ other) >> _THREAD_SHIFT == 0:
        return True
    if (identity ^ other) >> _BLOCK_SHIFT == 0:
        if other_time >> _EPOCH_SHIFT < timestamp >> _EPOCH_SHIFT:
            return True
        own_thread, other_thread = thread_of(identity), thread_of(other)
        clocks = load(control, _VECTOR_CLOCKS)
        if clocks and own_thread >> 5 == other_thread >> 5:
            if load(clocks, own_thread * 32 + (other_thread & 31)) > other_time & _CLOCK_MASK:
                return True
        if load(control, _THREAD_RELEASES) == 0:
            return False
        release = _thread_release(control, other)
        first = load(release, _BLOCK_SCOPE_FIRST)
        acquired = load(load(worker, _CURRENT_THREAD), _ACQUIRED)
        return first != 0 and first <= acquired and other_time <= load(release, _BLOCK_SCOPE_TIME)
    if is_shared or other_time >> _GRID_SHIFT < timestamp >> _GRID_SHIFT:
        return True  # a worker's shared memory goes from one block to the next
    if load(control, _THREAD_RELEASES) == 0:
        return False
    acquired = load(_block_release(control, identity), _LAST_ACQUIRE)
    block, release = _block_release(control, other), _thread_release(control, other)
    first = load(block, _FIRST_RELEASE)
    if first != 0 and first <= acquired:
        fence = load(release, _GRID_FENCE_TIME)
        is_fenced = other_time <= fence and fence >> _EPOCH_SHIFT < load(block, _RELEASE_EPOCH)
        if is_fenced or other_time >> _EPOCH_SHIFT < load(block, _FENCE_EPOCH):
            return True
    first = load(release, _GRID_SCOPE_FIRST)
    return first != 0 and first <= acquired and other_time <= load(release, _GRID_SCOPE_TIME)


@DeviceFunction
def release_and_acquire(worker, control, is_shared, identity):
    """Release what the thread did before its last fence, if it had one, and acquire."""
    if load(control, _THREAD_RELEASES) == 0:
        return
    thread = load(worker, _CURRENT_THREAD)
    release, block = _thread_release(control, identity), _block_release(control, identity)
    counters = load(control, _COUNTERS)
    number = load(counters, _RELEASE_COUNT) + 1
    store(counters, _RELEASE_COUNT, number)
    fence, grid_fence = load(thread, _LAST_FENCE), load(thread, _LAST_GRID_FENCE)
    if fence:
        store(release, _BLOCK_SCOPE_TIME, fence)
        if load(release, _BLOCK_SCOPE_FIRST) == 0:
            store(release, _BLOCK_SCOPE_FIRST, number)
    if grid_fence and not is_shared:
        store(release, _GRID_SCOPE_TIME, grid_fence)
        epoch = grid_fence >> _EPOCH_SHIFT
        if epoch > load(block, _FENCE_EPOCH):
            store(block, _FENCE_EPOCH, epoch)
        if load(release, _GRID_SCOPE_FIRST) == 0:
            store(release, _GRID_SCOPE_FIRST, number)
        if load(block, _FIRST_RELEASE) == 0:
            store(block, _FIRST_RELEASE, number)
        store(block, _RELEASE_EPOCH, load(thread, _TIMESTAMP) >> _EPOCH_SHIFT)
    store(thread, _ACQUIRED, number)
    if not is_shared:
        store(block, _LAST_ACQUIRE, number)


@DeviceFunction
def note_grid_fence(control, thread):
    """Note a fence for the grid: after a barrier, other threads of the block may release it."""
    if load(control, _THREAD_RELEASES):
        release = _thread_release(control, load(thread, _IDENTITY))
        store(release, _GRID_FENCE_TIME, load(thread, _TIMESTAMP))
