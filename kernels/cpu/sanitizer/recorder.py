"""Records every access of a launch, for the memory microscope."""

from collections.abc import Iterator, Mapping

import numpy as np

from ..functions.device_function import DeviceFunction
from ..machine import hooks, layout
from ..scheduler.intrinsics import current_worker, load, store
from . import records
from .trace import GLOBAL, LOCAL, SHARED, Trace

MAX_ACCESSES = 1 << 23  # of a launch: 200 MB
SAMPLED_ACCESSES = 1 << 18  # of the one block of a launch that is sampled
ALLOCATION_SPACING = 1 << 40  # bytes between the starts of two allocations

_ROWS, _ROW_COUNT, _MAX_ROWS = records.ROWS, records.ROW_COUNT, records.MAX_ROWS
_SKIPS_LOCAL, _ARENA, _STACKS_OFFSET = records.SKIPS_LOCAL, layout.ARENA, layout.STACKS_OFFSET
_BYTES, _KINDS, _SIZE_SHIFT = records.BYTES, records.KINDS, hooks.SIZE_SHIFT
_MOST_BYTES = (1 << hooks.RANK_SHIFT - hooks.SIZE_SHIFT) - 1
_GLOBAL, _SHARED, _LOCAL = GLOBAL, SHARED, LOCAL
_ROW_BYTES = 8 * records.ROW_WORDS


@DeviceFunction
def record_access(trace, identity, address, packed):
    """Add a row, and the bytes. When the rows are full, only count."""
    space, offset = _GLOBAL, address - current_worker()
    if 0 <= offset < _ARENA:
        space = _SHARED if offset < _STACKS_OFFSET else _LOCAL
    total = _BYTES + _KINDS * space + (packed & 3)
    store(trace, total, load(trace, total) + (packed >> _SIZE_SHIFT & _MOST_BYTES))
    if space == _LOCAL and load(trace, _SKIPS_LOCAL):
        return
    count = load(trace, _ROW_COUNT)
    store(trace, _ROW_COUNT, count + 1)
    if count < load(trace, _MAX_ROWS):
        row = load(trace, _ROWS) + count * _ROW_BYTES
        store(row, 0, identity)
        store(row, 1, packed)
        store(row, 2, address)


def _allocations(values: tuple) -> Iterator[tuple[int, int]]:
    """Yield (start, end) of the memory that each array is part of."""
    for value in values:
        if isinstance(value, tuple):
            yield from _allocations(value)
        elif isinstance(value, np.ndarray):
            while isinstance(value.base, np.ndarray):
                value = value.base
            yield np.lib.array_utils.byte_bounds(value)


class Recorder:
    """The accesses of one launch. `arenas` are the addresses of the workers that took part."""

    def __init__(
        self, sites: Mapping[int, tuple[str, str]], arguments: tuple, sampled: bool
    ) -> None:
        self._sites, self._allocations = sites, list(dict.fromkeys(_allocations(arguments)))
        self._most = SAMPLED_ACCESSES if sampled else MAX_ACCESSES
        self._rows = np.empty((self._most, records.ROW_WORDS), np.int64)  # allocated on demand
        self._record = np.zeros(records.TRACE_WORDS, np.int64)
        self._record[: records.BYTES] = self._rows.ctypes.data, 0, self._most, sampled
        self.address = self._record.ctypes.data
        self.arenas: list[int] = []

    def trace(self) -> Trace:
        """Return what was recorded."""
        count = int(self._record[records.ROW_COUNT])
        identity, packed, address = self._rows[:count].T.copy()
        space = np.full(len(address), GLOBAL)
        for arena in self.arenas:
            offset = address - arena
            inside = (offset >= 0) & (offset < layout.ARENA)
            shared = inside & (offset < layout.STACKS_OFFSET)
            space[inside] = LOCAL
            space[shared] = SHARED
            address[shared] = offset[shared] - layout.SHARED_OFFSET
        for number, (start, end) in enumerate(self._allocations):
            inside = (space == GLOBAL) & (start <= address) & (address < end)
            address[inside] += (number + 1) * ALLOCATION_SPACING - start
        return Trace(
            block=identity >> records.BLOCK_SHIFT,
            thread=identity >> records.THREAD_SHIFT & layout.MAX_THREADS - 1,
            site=packed >> hooks.SITE_SHIFT,
            address=address,
            size=packed >> hooks.SIZE_SHIFT & _MOST_BYTES,
            kind=packed & 3,
            space=space,
            sites=self._sites,
            lost=max(count - self._most, 0),
            bytes=self._record[records.BYTES :].reshape(-1, records.KINDS).copy(),
        )
