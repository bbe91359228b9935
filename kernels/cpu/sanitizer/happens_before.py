"""Which of two accesses comes first, by what the kernel does to order them; see racecheck.py."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..scheduler.intrinsics import load, store
from . import records

_BLOCK_SHIFT, _THREAD_SHIFT = records.BLOCK_SHIFT, records.THREAD_SHIFT
_GRID_SHIFT, _EPOCH_SHIFT, _CLOCK_MASK = records.GRID_SHIFT, records.EPOCH_SHIFT, records.CLOCK_MASK
_VECTOR_CLOCKS, _THREAD_RELEASES, _BLOCK_RELEASES = (
    records.VECTOR_CLOCKS,
    records.THREAD_RELEASES,
    records.BLOCK_RELEASES,
)
_THREADS = records.THREADS
_COUNTERS, _RELEASE_COUNT = records.COUNTERS, records.RELEASE_COUNT
_BLOCK_SCOPE_FIRST, _BLOCK_SCOPE_TIME = records.BLOCK_SCOPE_FIRST, records.BLOCK_SCOPE_TIME
_GRID_SCOPE_FIRST, _GRID_SCOPE_TIME = records.GRID_SCOPE_FIRST, records.GRID_SCOPE_TIME
_FIRST_RELEASE, _FENCE_EPOCH = records.FIRST_RELEASE, records.FENCE_EPOCH
_LAST_ACQUIRE, _RELEASE_EPOCH = records.LAST_ACQUIRE, records.RELEASE_EPOCH
_GRID_FENCE_TIME = records.GRID_FENCE_TIME
_RELEASE_BYTES, _BLOCK_BYTES = 8 * records.THREAD_RELEASE_WORDS, 8 * records.BLOCK_RELEASE_WORDS
_CURRENT_THREAD, _LAST_FENCE, _LAST_GRID_FENCE = (
    layout.CURRENT_THREAD,
    layout.LAST_FENCE,
    layout.LAST_GRID_FENCE,
)
_ACQUIRED, _IDENTITY, _TIMESTAMP = layout.ACQUIRED, layout.IDENTITY, layout.TIMESTAMP


@DeviceFunction
def block_of(who):
    """Return the number of the block in a stamp."""
    return who >> _BLOCK_SHIFT & 0xFFFFFFFF


@DeviceFunction
def thread_of(who):
    """Return the number of the thread in its block."""
    return who >> _THREAD_SHIFT & 0x3FF


@DeviceFunction
def _release(control, who):
    number = block_of(who) * load(control, _THREADS) + thread_of(who)
    return load(control, _THREAD_RELEASES) + number * _RELEASE_BYTES


@DeviceFunction
def _block_release(control, who):
    return load(control, _BLOCK_RELEASES) + block_of(who) * _BLOCK_BYTES


@DeviceFunction
def happens_before(me, other, moment):
    """Say whether the access (other, moment), made already, is ordered before my own.

    `me` is (worker, control, whether the memory is shared, who, when).
    """
    worker, control, is_shared, who, when = me
    if moment == 0 or (who ^ other) >> _THREAD_SHIFT == 0:
        return True
    if (who ^ other) >> _BLOCK_SHIFT == 0:
        if moment >> _EPOCH_SHIFT < when >> _EPOCH_SHIFT:
            return True
        mine, its = thread_of(who), thread_of(other)
        known = load(control, _VECTOR_CLOCKS)
        if known and mine >> 5 == its >> 5:
            if load(known, mine * 32 + (its & 31)) > moment & _CLOCK_MASK:
                return True
        if load(control, _THREAD_RELEASES) == 0:
            return False
        release = _release(control, other)
        first = load(release, _BLOCK_SCOPE_FIRST)
        acquired = load(load(worker, _CURRENT_THREAD), _ACQUIRED)
        return first != 0 and first <= acquired and moment <= load(release, _BLOCK_SCOPE_TIME)
    if is_shared or moment >> _GRID_SHIFT < when >> _GRID_SHIFT:
        return True  # shared memory is another block's by now
    if load(control, _THREAD_RELEASES) == 0:
        return False
    acquired = load(_block_release(control, who), _LAST_ACQUIRE)
    block, release = _block_release(control, other), _release(control, other)
    first = load(block, _FIRST_RELEASE)
    if first != 0 and first <= acquired:
        fence = load(release, _GRID_FENCE_TIME)
        is_fenced = moment <= fence and fence >> _EPOCH_SHIFT < load(block, _RELEASE_EPOCH)
        if is_fenced or moment >> _EPOCH_SHIFT < load(block, _FENCE_EPOCH):
            return True
    first = load(release, _GRID_SCOPE_FIRST)
    return first != 0 and first <= acquired and moment <= load(release, _GRID_SCOPE_TIME)


@DeviceFunction
def release_and_acquire(worker, control, is_shared, who):
    """Release what the thread did before its last fence, if there was one, and acquire."""
    if load(control, _THREAD_RELEASES) == 0:
        return
    thread = load(worker, _CURRENT_THREAD)
    release, block = _release(control, who), _block_release(control, who)
    counters = load(control, _COUNTERS)
    sequence = load(counters, _RELEASE_COUNT) + 1
    store(counters, _RELEASE_COUNT, sequence)
    fenced, fenced_grid = load(thread, _LAST_FENCE), load(thread, _LAST_GRID_FENCE)
    if fenced:
        store(release, _BLOCK_SCOPE_TIME, fenced)
        if load(release, _BLOCK_SCOPE_FIRST) == 0:
            store(release, _BLOCK_SCOPE_FIRST, sequence)
    if fenced_grid and not is_shared:
        store(release, _GRID_SCOPE_TIME, fenced_grid)
        epoch = fenced_grid >> _EPOCH_SHIFT
        if epoch > load(block, _FENCE_EPOCH):
            store(block, _FENCE_EPOCH, epoch)
        if load(release, _GRID_SCOPE_FIRST) == 0:
            store(release, _GRID_SCOPE_FIRST, sequence)
        if load(block, _FIRST_RELEASE) == 0:
            store(block, _FIRST_RELEASE, sequence)
        store(block, _RELEASE_EPOCH, load(thread, _TIMESTAMP) >> _EPOCH_SHIFT)
    store(thread, _ACQUIRED, sequence)
    if not is_shared:
        store(block, _LAST_ACQUIRE, sequence)


@DeviceFunction
def note_grid_fence(control, thread):
    """Remember the thread's fence for the grid: behind a barrier others of its block release it."""
    if load(control, _THREAD_RELEASES):
        store(
            _release(control, load(thread, _IDENTITY)), _GRID_FENCE_TIME, load(thread, _TIMESTAMP)
        )
