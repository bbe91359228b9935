"""racecheck: which two accesses to one element does nothing order?

The idea is FastTrack's (Flanagan and Freund, 2009): an access is a stamp, and each granule of
memory keeps the stamps of its last write and of some readers. A new access looks at those it
collides with: a write with everything, a read with writes, an atomic update with everything but
atomic updates. One that is not ordered before the new access is a race, in whatever order the two
happened to run here. Two accesses are ordered when

    one thread makes both;
    a barrier of their block lies between, or of the whole grid;
    they are of one warp, and a syncwarp or a chain of them leads from one to the other;
    the first thread then calls a fence and updates something atomically, which releases what it
    did, what its block did before the last barrier, and what a thread of it did before a fence of
    its own and that barrier; later the second updates something atomically, which acquires it.
    Across blocks it takes threadfence() and global memory, and the whole block acquires. Whether
    both update the same element is not asked.

Shuffles, votes and plain flags order nothing.

What it can miss: of readers that nothing orders two are kept, of two warps or blocks where there
are; a write that collides only with one dropped is not seen. Once a thread has released, what it
releases later counts for those who acquired before. Left out are accesses to less than a granule,
as through x.view(uint8), and iteration over an array by enumerate or zip. The cells take 20 bytes
for each byte of a float32 array, of which only those touched cost memory.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import ATOMIC, LOAD, SITE_SHIFT, SIZE_SHIFT, STORE
from ..scheduler.intrinsics import load, store
from . import records
from .happens_before import happens_before, release_and_acquire
from .report import report

_CURRENT_THREAD, _IDENTITY, _TIMESTAMP = layout.CURRENT_THREAD, layout.IDENTITY, layout.TIMESTAMP
_REGIONS, _REGION_COUNT = records.REGIONS, records.REGION_COUNT
_REGION_BYTES = 8 * records.REGION_WORDS
_START, _END, _SHIFT, _CELLS = records.START, records.END, records.SHIFT, records.CELLS
_IS_SHARED, _WARP_AT = records.IS_SHARED, records.THREAD_SHIFT + 5
_WRITE, _READS, _ATOMICS = records.WRITE, records.READS, records.ATOMICS
_CELL_BYTES = 8 * records.CELL_WORDS


@DeviceFunction
def _region(control, address):
    """Return the region that an address lies in, 0 for none."""
    region = load(control, _REGIONS)
    for _ in range(load(control, _REGION_COUNT)):
        if load(region, _START) <= address < load(region, _END):
            return region
        region += _REGION_BYTES
    return 0


@DeviceFunction
def _report_unordered(me, what, cell, slot, its_kind):
    """Report the access of a slot unless it is ordered before this one."""
    other, moment = load(cell, slot), load(cell, slot + 1)
    if not happens_before(me, other, moment):
        worker, control, _, who, _ = me
        report(worker, control, what, who, other, its_kind)


@DeviceFunction
def _store_access(me, cell, slot):
    _, _, _, who, when = me
    store(cell, slot, who)
    store(cell, slot + 1, when)


@DeviceFunction
def _keep_access(me, cell, slot):
    """Keep the access in one of two slots: in place of one that it follows, if there is one."""
    _, _, _, who, _ = me
    first, second = load(cell, slot), load(cell, slot + 2)
    if happens_before(me, first, load(cell, slot + 1)):
        _store_access(me, cell, slot)
    elif happens_before(me, second, load(cell, slot + 3)):
        _store_access(me, cell, slot + 2)
    elif (first ^ second) >> _WARP_AT == 0 and (first ^ who) >> _WARP_AT != 0:
        _store_access(me, cell, slot + 2)  # two of one warp say less than two of two


@DeviceFunction
def check(worker, control, address, what):
    """Look at one access, and remember it."""
    region = _region(control, address)
    if region == 0:
        return
    offset, shift = address - load(region, _START), load(region, _SHIFT)
    size, kind, is_shared = what >> SIZE_SHIFT & 0xFFF, what & 3, load(region, _IS_SHARED)
    if size >> shift == 0:
        return
    thread = load(worker, _CURRENT_THREAD)
    who = load(thread, _IDENTITY) | what >> SITE_SHIFT
    if kind == ATOMIC:
        release_and_acquire(worker, control, is_shared, who)
    me = worker, control, is_shared, who, load(thread, _TIMESTAMP)
    cells = load(region, _CELLS)
    for granule in range(offset >> shift, (offset + size - 1 >> shift) + 1):
        cell = cells + granule * _CELL_BYTES
        _report_unordered(me, what, cell, _WRITE, STORE)
        if kind != ATOMIC:
            _report_unordered(me, what, cell, _ATOMICS, ATOMIC)
            _report_unordered(me, what, cell, _ATOMICS + 2, ATOMIC)
        if kind != LOAD:
            _report_unordered(me, what, cell, _READS, LOAD)
            _report_unordered(me, what, cell, _READS + 2, LOAD)
        if kind == STORE:
            _store_access(me, cell, _WRITE)
            for slot in range(_READS, _ATOMICS + 4, 2):
                store(cell, slot + 1, 0)
        else:
            _keep_access(me, cell, _READS if kind == LOAD else _ATOMICS)
