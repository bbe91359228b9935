"""initcheck: is a value read that nobody wrote?

Each byte of shared and local memory, and of fresh arrays (fresh.py), has a byte that says whether
it was written. Shared memory is unwritten when a block begins, a local array where the kernel
declares it. What the host writes to a fresh array is not seen; but such memory is filled with a
pattern, and where the pattern is gone, somebody wrote.
"""

from kernels.cpu import record
from kernels.cpu.device_function import DeviceFunction
from kernels.cpu.sanitizer import layout
from kernels.cpu.sanitizer.hooks import LOAD, NOBODY, SITE_AT, SIZE_AT, STORE
from kernels.cpu.sanitizer.report import report
from kernels.cpu.words import fill, load, load_byte

# Four bytes that repeat: in float32 and in float64 a NaN that no arithmetic makes.
PATTERN = 0xFFFDA5A5

_CURRENT, _WHO, _SHARED, _ARENA = record.CURRENT, record.WHO, record.SHARED, record.ARENA
_FRESH, _FRESH_COUNT, _FRESH_BYTES = layout.FRESH, layout.FRESH_COUNT, 8 * layout.FRESH_WORDS
_START, _END, _WRITTEN = layout.START, layout.END, layout.WRITTEN
_ARENA_SHADOW, _SHARED_BYTES = layout.ARENA_SHADOW, layout.SHARED_BYTES


@DeviceFunction
def _shadow(worker, control, address):
    """Return where the bytes that tell of this address begin, and the fresh range it is in.

    Zeros stand for memory that is not watched, and for none.
    """
    if 0 <= address - worker < _ARENA:
        return load(control, _ARENA_SHADOW) + address - worker, 0
    fresh = load(control, _FRESH)
    for _ in range(load(control, _FRESH_COUNT)):
        start = load(fresh, _START)
        if start <= address < load(fresh, _END):
            return load(fresh, _WRITTEN) + address - start, start
        fresh += _FRESH_BYTES
    return 0, 0


@DeviceFunction
def _is_written(shadow, start, address, size):
    for byte in range(size):
        if load_byte(shadow + byte) == 0:
            break
    else:
        return True
    if start:
        for byte in range(size):
            if load_byte(address + byte) != PATTERN >> 8 * (address + byte - start & 3) & 0xFF:
                return True  # by the host
    return False


@DeviceFunction
def check(worker, control, address, what):
    """Look at one access; what it writes is written from now on."""
    shadow, start = _shadow(worker, control, address)
    if shadow == 0:
        return
    size, kind = what >> SIZE_AT & 0xFFF, what & 3
    if kind != STORE and not _is_written(shadow, start, address, size):
        who = load(load(worker, _CURRENT), _WHO) | what >> SITE_AT
        report(worker, control, what, who, 0, NOBODY)
    if kind != LOAD:
        fill(shadow, 1, size)


@DeviceFunction
def begin_block(worker, control):
    """Make the shared memory unwritten."""
    start = load(control, _ARENA_SHADOW) + load(worker, _SHARED) - worker
    fill(start, 0, load(control, _SHARED_BYTES))


@DeviceFunction
def declare(worker, control, address, size):
    """Make a local array unwritten."""
    fill(load(control, _ARENA_SHADOW) + address - worker, 0, size)
