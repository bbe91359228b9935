"""Which of two accesses comes first, by what the kernel does to order them; see racecheck.py."""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..scheduler.intrinsics import load, store
from . import records

_BLOCK_AT, _THREAD_AT = records.BLOCK_AT, records.THREAD_AT
_GRID_AT, _EPOCH_AT, _CLOCKS = records.GRID_AT, records.EPOCH_AT, records.CLOCKS
_KNOWN, _RELEASES, _BLOCK_RELEASES = records.KNOWN, records.RELEASES, records.BLOCK_RELEASES
_THREADS = records.THREADS
_COUNTERS, _RELEASE_COUNT = records.COUNTERS, records.RELEASE_COUNT
_OWN_FIRST, _OWN_MOMENT = records.OWN_FIRST, records.OWN_MOMENT
_GRID_FIRST, _GRID_MOMENT = records.GRID_FIRST, records.GRID_MOMENT
_BLOCK_FIRST, _BLOCK_EPOCH = records.BLOCK_FIRST, records.BLOCK_EPOCH
_BLOCK_ACQUIRED, _BLOCK_RELEASED = records.BLOCK_ACQUIRED, records.BLOCK_RELEASED
_GRID_FENCE = records.GRID_FENCE
_RELEASE_BYTES, _BLOCK_BYTES = 8 * records.RELEASE_WORDS, 8 * records.BLOCK_RELEASE_WORDS
_CURRENT, _FENCED, _FENCED_GRID = layout.CURRENT, layout.FENCED, layout.FENCED_GRID
_ACQUIRED, _WHO, _WHEN = layout.ACQUIRED, layout.WHO, layout.WHEN


@DeviceFunction
def block_of(who):
    """Return the number of the block in a stamp."""
    return who >> _BLOCK_AT & 0xFFFFFFFF


@DeviceFunction
def thread_of(who):
    """Return the number of the thread in its block."""
    return who >> _THREAD_AT & 0x3FF


@DeviceFunction
def _release(control, who):
    number = block_of(who) * load(control, _THREADS) + thread_of(who)
    return load(control, _RELEASES) + number * _RELEASE_BYTES


@DeviceFunction
def _block_release(control, who):
    return load(control, _BLOCK_RELEASES) + block_of(who) * _BLOCK_BYTES


@DeviceFunction
def before(me, other, moment):
    """Say whether the access (other, moment), made already, is ordered before my own.

    `me` is (worker, control, whether the memory is shared, who, when).
    """
    worker, control, is_shared, who, when = me
    if moment == 0 or (who ^ other) >> _THREAD_AT == 0:
        return True
    if (who ^ other) >> _BLOCK_AT == 0:
        if moment >> _EPOCH_AT < when >> _EPOCH_AT:
            return True
        mine, its = thread_of(who), thread_of(other)
        known = load(control, _KNOWN)
        if known and mine >> 5 == its >> 5:
            if load(known, mine * 32 + (its & 31)) > moment & _CLOCKS:
                return True
        if load(control, _RELEASES) == 0:
            return False
        release = _release(control, other)
        first = load(release, _OWN_FIRST)
        acquired = load(load(worker, _CURRENT), _ACQUIRED)
        return first != 0 and first <= acquired and moment <= load(release, _OWN_MOMENT)
    if is_shared or moment >> _GRID_AT < when >> _GRID_AT:
        return True  # shared memory is another block's by now
    if load(control, _RELEASES) == 0:
        return False
    acquired = load(_block_release(control, who), _BLOCK_ACQUIRED)
    block, release = _block_release(control, other), _release(control, other)
    first = load(block, _BLOCK_FIRST)
    if first != 0 and first <= acquired:
        fence = load(release, _GRID_FENCE)
        is_fenced = moment <= fence and fence >> _EPOCH_AT < load(block, _BLOCK_RELEASED)
        if is_fenced or moment >> _EPOCH_AT < load(block, _BLOCK_EPOCH):
            return True
    first = load(release, _GRID_FIRST)
    return first != 0 and first <= acquired and moment <= load(release, _GRID_MOMENT)


@DeviceFunction
def synchronise(worker, control, is_shared, who):
    """Release what the thread did before its last fence, if there was one, and acquire."""
    if load(control, _RELEASES) == 0:
        return
    thread = load(worker, _CURRENT)
    release, block = _release(control, who), _block_release(control, who)
    counters = load(control, _COUNTERS)
    sequence = load(counters, _RELEASE_COUNT) + 1
    store(counters, _RELEASE_COUNT, sequence)
    fenced, fenced_grid = load(thread, _FENCED), load(thread, _FENCED_GRID)
    if fenced:
        store(release, _OWN_MOMENT, fenced)
        if load(release, _OWN_FIRST) == 0:
            store(release, _OWN_FIRST, sequence)
    if fenced_grid and not is_shared:
        store(release, _GRID_MOMENT, fenced_grid)
        epoch = fenced_grid >> _EPOCH_AT
        if epoch > load(block, _BLOCK_EPOCH):
            store(block, _BLOCK_EPOCH, epoch)
        if load(release, _GRID_FIRST) == 0:
            store(release, _GRID_FIRST, sequence)
        if load(block, _BLOCK_FIRST) == 0:
            store(block, _BLOCK_FIRST, sequence)
        store(block, _BLOCK_RELEASED, load(thread, _WHEN) >> _EPOCH_AT)
    store(thread, _ACQUIRED, sequence)
    if not is_shared:
        store(block, _BLOCK_ACQUIRED, sequence)


@DeviceFunction
def note_fence(control, thread):
    """Remember the thread's fence for the grid: behind a barrier others of its block release it."""
    if load(control, _RELEASES):
        store(_release(control, load(thread, _WHO)), _GRID_FENCE, load(thread, _WHEN))
