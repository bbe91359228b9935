"""initcheck: is a value read that nobody wrote?

Each byte of shared and local memory, and of fresh arrays (fresh.py), has a byte that says whether
it was written. Shared memory is unwritten when a block begins, a local array where the kernel
declares it. What the host writes to a fresh array is not seen; but such memory is filled with a
pattern, and where it is gone, somebody wrote.
"""

from ..functions.device_function import DeviceFunction
from ..machine import layout
from ..machine.hooks import LOAD, NO_ACCESS, SITE_SHIFT, SIZE_SHIFT, STORE
from ..scheduler.intrinsics import fill, load, load_byte
from . import records
from .report import report

# Four bytes that repeat: in float32 and in float64 a NaN that no arithmetic makes.
PATTERN = 0xFFFDA5A5

_CURRENT_THREAD, _IDENTITY, _SHARED, _ARENA = (
    layout.CURRENT_THREAD,
    layout.IDENTITY,
    layout.SHARED,
    layout.ARENA,
)
_UNWRITTEN_RANGES, _UNWRITTEN_COUNT, _FRESH_BYTES = (
    records.UNWRITTEN_RANGES,
    records.UNWRITTEN_COUNT,
    8 * records.UNWRITTEN_WORDS,
)
_START, _END, _WRITTEN = records.START, records.END, records.WRITTEN
_ARENA_SHADOW, _SHARED_BYTES = records.ARENA_SHADOW, records.SHARED_BYTES


@DeviceFunction
def _shadow(worker, control, address):
    """Return where the bytes that tell of this address begin, and the fresh range it is in.

    Zeros stand for memory that is not watched, and for none.
    """
    if 0 <= address - worker < _ARENA:
        return load(control, _ARENA_SHADOW) + address - worker, 0
    fresh = load(control, _UNWRITTEN_RANGES)
    for _ in range(load(control, _UNWRITTEN_COUNT)):
        start = load(fresh, _START)
        if start <= address < load(fresh, _END):
            return load(fresh, _WRITTEN) + address - start, fresh
        fresh += _FRESH_BYTES
    return 0, 0


@DeviceFunction
def _is_marked(shadow, size):
    for byte in range(size):
        if load_byte(shadow + byte) == 0:
            return False
    return True


@DeviceFunction
def _has_changed(fresh, address, size):
    """Say whether the host wrote: whether the words around these bytes lack the pattern.

    Whole words, for a byte of the host's may well be one of the pattern's. What kernels wrote there
    is not looked at.
    """
    start, written = load(fresh, _START), load(fresh, _WRITTEN)
    first, behind = address - start & ~3, (address + size - start + 3) & ~3
    for place in range(first, min(behind, load(fresh, _END) - start)):
        if load_byte(written + place) == 0:
            if load_byte(start + place) != PATTERN >> 8 * (place & 3) & 0xFF:
                return True
    return False


@DeviceFunction
def check(worker, control, address, what):
    """Look at one access; what it writes is written from now on."""
    shadow, fresh = _shadow(worker, control, address)
    if shadow == 0:
        return
    size, kind = what >> SIZE_SHIFT & 0xFFF, what & 3
    if kind != STORE and not _is_marked(shadow, size):
        if fresh == 0 or not _has_changed(fresh, address, size):
            who = load(load(worker, _CURRENT_THREAD), _IDENTITY) | what >> SITE_SHIFT
            report(worker, control, what, who, 0, NO_ACCESS)
    if kind != LOAD:
        fill(shadow, 1, size)


@DeviceFunction
def begin_block(worker, control):
    """Make the shared memory unwritten."""
    start = load(control, _ARENA_SHADOW) + load(worker, _SHARED) - worker
    fill(start, 0, load(control, _SHARED_BYTES))


@DeviceFunction
def begin_local_array(worker, control, address, size):
    """Make a local array unwritten."""
    fill(load(control, _ARENA_SHADOW) + address - worker, 0, size)
