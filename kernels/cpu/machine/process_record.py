"""What the signal handlers look up: where workers are in memory, and where kernels' code is.

A handler interrupts a thread anywhere, so it can neither allocate nor take a lock. These are flat
tables that only grow: a worker is lent again and again, and code that was loaded stays. They are
reserved whole; pages that are never touched cost nothing.
"""

import contextlib
import mmap
import re
import threading

import numpy as np

from . import layout

_lock = threading.Lock()


def _table(words: int) -> np.ndarray:
    memory = mmap.mmap(-1, 8 * words, flags=layout.MMAP_FLAGS)
    return np.frombuffer(memory, np.int64)  # keeps the memory alive


_worker_map = _table((1 << layout.ADDRESS_BITS) // layout.ARENA // 8).view(np.uint8)
_code_ranges = _table(2 * layout.MAX_CODE_RANGES).reshape(-1, 2)
_record = _table(layout.PROCESS_WORDS)
_record[layout.WORKER_MAP] = _worker_map.ctypes.data
_record[layout.CODE_RANGES] = _code_ranges.ctypes.data

ADDRESS = _record.ctypes.data


def add_worker(address: int) -> None:
    """Note that a worker's memory begins at this address."""
    if address >> layout.ADDRESS_BITS == 0:
        _worker_map[address // layout.ARENA] = 1


def add_code(start: int, end: int) -> None:
    """Note that a program's machine code lies from `start` to `end`."""
    with _lock:
        count = int(_record[layout.CODE_COUNT])
        if count < layout.MAX_CODE_RANGES:  # beyond that, its kernels cannot be interrupted
            _code_ranges[count] = start, end
            _record[layout.CODE_COUNT] = count + 1


def pokes_served() -> int:
    """Return how many pokes have been served."""
    return int(_record[layout.POKES_SERVED])


def add_mathematics() -> None:
    """Note where the C library's mathematics is: no function there holds a lock, either."""
    with contextlib.suppress(OSError), open("/proc/self/maps") as maps:
        for fields in map(str.split, maps):
            if "x" in fields[1] and re.search(r"/libm[.-][^/]*$", fields[-1]):
                add_code(*(int(address, 16) for address in fields[0].split("-")))
