"""racecheck: which accesses to one element does nothing order?

The algorithm is FastTrack's (Flanagan and Freund, 2009). Each granule of memory keeps the stamps of
its last write and of some other accesses. A new access is compared with those it conflicts with: a
write with all, a read with writes, an atomic update with all but atomic updates. If one of them
does not happen before the new access, the two are a race, in whichever order they happened to run.

Many threads may write one same value to an element, as where each raises a flag. Whichever write is
the last, the element has this value: such writes are noted apart (SAME_VALUE), and are a remark, no
error, unless they are asked for. A write is one of them where it leaves the element as it is and
is unordered with earlier writes of this value. A read that nothing orders with them is a race as
ever, since it may come before the first of them. Of a slice, a field or an x.fill() the values
are not compared: unordered, they are races.

One access happens before another if

    one thread makes both;
    a barrier of their block, or of the grid, lies between them;
    they are of one warp, and a syncwarp or a chain of syncwarps leads from one to the other;
    the first thread releases and the second acquires afterwards. An atomic update after a fence
    releases what the thread did before the fence, what its block did before its last barrier, and
    what a thread of its block did before a fence of its own and that barrier. Every atomic update
    acquires. Between blocks this takes threadfence() and global memory, and the whole block
    acquires. It is not required that both threads update the same element.

Shuffles, votes and plain flags order nothing.

An asynchronous copy is a write that happens at its thread's wait for it (async_copies.py). Until
then every access to the element is a finding, its own thread's, too, and so is a write to what is
copied.

What it can miss: of unordered reads, and of unordered writes of one value, it keeps two, of two
warps or blocks if there are such, and a write that conflicts only with a dropped one is not found.
Once a thread has released, what it releases later counts for those who acquired before. Not
observed are accesses to less than a granule, such as through x.view(uint8), and iteration over an
array by enumerate or zip. The cells take 28 bytes for each byte of a float32 array; only those in
use take memory.
"""

from ..functions.device_function import DeviceFunction
from ..machine import hooks, layout
from ..machine.hooks import ATOMIC, COPY, COPY_SOURCE, LOAD, SAME_VALUE, STORE
from ..scheduler.intrinsics import load, store
from . import async_copies, records
from .happens_before import happens_before, release_and_acquire
from .report import report

_CURRENT_THREAD, _IDENTITY, _TIMESTAMP = layout.CURRENT_THREAD, layout.IDENTITY, layout.TIMESTAMP
_REGIONS, _REGION_COUNT = records.REGIONS, records.REGION_COUNT
_REGION_BYTES = 8 * records.REGION_WORDS
_START, _END, _SHIFT, _CELLS = records.START, records.END, records.SHIFT, records.CELLS
_IS_SHARED, _WARP_SHIFT = records.IS_SHARED, records.WARP_SHIFT
_WRITES, _READS, _ATOMICS = records.WRITES, records.READS, records.ATOMICS
_CELL_BYTES, _IN_FLIGHT = 8 * records.CELL_WORDS, records.IN_FLIGHT
_SOURCE = records.SOURCE
_note_copy, _note_source = async_copies.begin, async_copies.begin_source
_SITE_SHIFT, _SIZE_SHIFT = hooks.SITE_SHIFT, hooks.SIZE_SHIFT
_UNCHANGED_SHIFT = hooks.UNCHANGED_SHIFT


@DeviceFunction
def _region(control, address):
    """Return the address of the region that contains an address, 0 if there is none."""
    region = load(control, _REGIONS)
    for _ in range(load(control, _REGION_COUNT)):
        if load(region, _START) <= address < load(region, _END):
            return region
        region += _REGION_BYTES
    return 0


@DeviceFunction
def _report_unordered(access, packed, cell, slot, other_kind):
    """Report the access in a slot unless it happens before the present one. Return if it does."""
    other, other_time = load(cell, slot), load(cell, slot + 1)
    is_ordered = happens_before(access, other, other_time)
    if not is_ordered:
        worker, control, _, identity, _ = access
        report(worker, control, packed, identity, other, other_kind)
    return is_ordered


@DeviceFunction
def _report_unordered_before_write(access, packed, cell, slot, other_kind):
    """Report the same for an access that was before the last write of the value stored again."""
    other, other_time = load(cell, slot), -load(cell, slot + 1)
    if other_time > 0 and not happens_before(access, other, other_time):
        worker, control, _, identity, _ = access
        report(worker, control, packed, identity, other, other_kind)


@DeviceFunction
def _store_stamp(access, cell, slot):
    _, _, _, identity, timestamp = access
    store(cell, slot, identity)
    store(cell, slot + 1, timestamp)


@DeviceFunction
def _store_in_one_of_two(access, cell, slot):
    """Keep the access in one of two slots, in place of one that happens before it if there is one.

    Two accesses of different warps say more than two of one warp.
    """
    _, _, _, identity, _ = access
    first, second = load(cell, slot), load(cell, slot + 2)
    if happens_before(access, first, load(cell, slot + 1)):
        _store_stamp(access, cell, slot)
    elif happens_before(access, second, load(cell, slot + 3)):
        _store_stamp(access, cell, slot + 2)
    elif (first ^ second) >> _WARP_SHIFT == 0 and (first ^ identity) >> _WARP_SHIFT != 0:
        _store_stamp(access, cell, slot + 2)


@DeviceFunction
def check(worker, control, address, packed):
    """Check one access, and keep it."""
    region = _region(control, address)
    if region == 0:
        return
    offset, shift = address - load(region, _START), load(region, _SHIFT)
    size, kind, is_shared = packed >> _SIZE_SHIFT & 0xFFF, packed & 3, load(region, _IS_SHARED)
    if size >> shift == 0:
        return
    unchanged = packed >> _UNCHANGED_SHIFT & 1
    thread = load(worker, _CURRENT_THREAD)
    identity = load(thread, _IDENTITY) | packed >> _SITE_SHIFT
    if kind == ATOMIC:
        release_and_acquire(worker, control, is_shared, identity)
    access = worker, control, is_shared, identity, load(thread, _TIMESTAMP)
    cells = load(region, _CELLS)
    for granule in range(offset >> shift, (offset + size - 1 >> shift) + 1):
        cell = cells + granule * _CELL_BYTES
        if load(cell, _WRITES + 1) & _IN_FLIGHT:
            report(worker, control, packed, identity, load(cell, _WRITES), COPY)
            if kind != LOAD:
                _store_stamp(access, cell, _WRITES)
            continue
        if kind != LOAD and load(cell, _SOURCE + 1):
            report(worker, control, packed, identity, load(cell, _SOURCE), COPY_SOURCE)
            _store_stamp(access, cell, _WRITES)
            continue
        writes = SAME_VALUE if unchanged else STORE
        is_ordered = _report_unordered(access, packed, cell, _WRITES, writes)
        if is_ordered and load(cell, _WRITES + 3):  # there is a second one
            _report_unordered(access, packed, cell, _WRITES + 2, writes)
        if kind != ATOMIC:
            _report_unordered(access, packed, cell, _ATOMICS, ATOMIC)
            _report_unordered(access, packed, cell, _ATOMICS + 2, ATOMIC)
        if kind != LOAD:
            _report_unordered(access, packed, cell, _READS, LOAD)
            _report_unordered(access, packed, cell, _READS + 2, LOAD)
        if unchanged:
            for slot in range(_READS, _ATOMICS + 4, 2):
                other_kind = LOAD if slot < _ATOMICS else ATOMIC
                _report_unordered_before_write(access, packed, cell, slot, other_kind)
            _store_in_one_of_two(access, cell, _WRITES)
        elif kind == STORE:
            _store_stamp(access, cell, _WRITES)
            store(cell, _WRITES + 3, 0)
        if kind == STORE:
            for slot in range(_READS, _ATOMICS + 4, 2):
                store(cell, slot + 1, -abs(load(cell, slot + 1)))
        else:
            _store_in_one_of_two(access, cell, _READS if kind == LOAD else _ATOMICS)


@DeviceFunction
def begin_copy(control, thread, address, packed, is_source):
    """Mark what the thread just stored as copied to, or what it just read as copied from."""
    region = _region(control, address)
    if region == 0:
        return
    offset, shift = address - load(region, _START), load(region, _SHIFT)
    size = packed >> _SIZE_SHIFT & 0xFFF
    for granule in range(offset >> shift, (offset + size - 1 >> shift) + 1):
        cell = load(region, _CELLS) + granule * _CELL_BYTES
        if is_source:
            _note_source(control, thread, cell, packed)
        else:
            _note_copy(control, thread, cell, packed)
