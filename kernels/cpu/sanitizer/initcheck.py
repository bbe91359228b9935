"""initcheck: is a value read that was never written?

Each byte of shared and local memory, and of new arrays (unwritten.py), has a shadow byte that says
whether a kernel wrote it. Shared memory is unwritten when a block begins, and a local array where
the kernel creates it. What the host writes to a new array is not observed. But new memory is filled
with a pattern, and where the pattern is gone, the host wrote.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import LOAD, NO_ACCESS, SITE_SHIFT, SIZE_SHIFT, STORE
from ..scheduler.intrinsics import fill, load, load_byte
from . import records
from .report import report

# Repeated, it is a NaN in float32 and in float64 that no arithmetic gives.
PATTERN = 0xFFFDA5A5

_CURRENT_THREAD, _IDENTITY = layout.CURRENT_THREAD, layout.IDENTITY
_SHARED, _ARENA = layout.SHARED, layout.ARENA
_UNWRITTEN_RANGES, _UNWRITTEN_COUNT = records.UNWRITTEN_RANGES, records.UNWRITTEN_COUNT
_UNWRITTEN_BYTES = 8 * records.UNWRITTEN_WORDS
_START, _END, _WRITTEN = records.START, records.END, records.WRITTEN
_ARENA_SHADOW, _SHARED_BYTES = records.ARENA_SHADOW, records.SHARED_BYTES


@DeviceFunction
def _locate(worker, control, address):
    """Return the address of the shadow of an address, and of the unwritten range it is in.

    Both are 0 for memory that is not observed; the second is 0 for a worker's own memory.
    """
    if 0 <= address - worker < _ARENA:
        return load(control, _ARENA_SHADOW) + address - worker, 0
    unwritten = load(control, _UNWRITTEN_RANGES)
    for _ in range(load(control, _UNWRITTEN_COUNT)):
        start = load(unwritten, _START)
        if start <= address < load(unwritten, _END):
            return load(unwritten, _WRITTEN) + address - start, unwritten
        unwritten += _UNWRITTEN_BYTES
    return 0, 0


@DeviceFunction
def _is_written(shadow, size):
    for byte in range(size):
        if load_byte(shadow + byte) == 0:
            return False
    return True


@DeviceFunction
def _was_written_by_host(unwritten, address, size):
    """Return whether the host wrote: whether the words around these bytes lack the pattern.

    It compares whole words, since one byte that the host wrote may well equal the pattern's. Bytes
    that kernels wrote are left out.
    """
    start, written = load(unwritten, _START), load(unwritten, _WRITTEN)
    first, end = address - start & ~3, (address + size - start + 3) & ~3
    for offset in range(first, min(end, load(unwritten, _END) - start)):
        if load_byte(written + offset) == 0:
            if load_byte(start + offset) != PATTERN >> 8 * (offset & 3) & 0xFF:
                return True
    return False


@DeviceFunction
def check(worker, control, address, packed):
    """Check one access, and mark what it writes."""
    shadow, unwritten = _locate(worker, control, address)
    if shadow == 0:
        return
    size, kind = packed >> SIZE_SHIFT & 0xFFF, packed & 3
    if kind != STORE and not _is_written(shadow, size):
        if unwritten == 0 or not _was_written_by_host(unwritten, address, size):
            identity = load(load(worker, _CURRENT_THREAD), _IDENTITY) | packed >> SITE_SHIFT
            report(worker, control, packed, identity, 0, NO_ACCESS)
    if kind != LOAD:
        fill(shadow, 1, size)


@DeviceFunction
def begin_block(worker, control):
    """Mark shared memory as unwritten."""
    start = load(control, _ARENA_SHADOW) + load(worker, _SHARED) - worker
    fill(start, 0, load(control, _SHARED_BYTES))


@DeviceFunction
def begin_local_array(worker, control, address, size):
    """Mark a local array as unwritten."""
    fill(load(control, _ARENA_SHADOW) + address - worker, 0, size)
