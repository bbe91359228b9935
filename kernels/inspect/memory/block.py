"""What one block of a launch asks of memory at least, from its trace.

A GPU's compiler may drop loads that the source repeats, and merge neighbouring ones, so a trace
says too much of loads. What it cannot do: leave out a store, have a number that the thread never
loaded, or let a request take fewer passes than the fullest bank has words.

Bytes are counted of all accesses. What requests cost is known of those in the trace; where it was
full, the rest of a kind are taken to be like its beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import product

import numpy as np

from crosscheck.kernels.cpu.machine.layout import MAX_THREADS
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, STORE, Trace
from crosscheck.kernels.inspect.memory import banks, sectors
from crosscheck.kernels.inspect.memory.requests import distinct, request_numbers

ADDRESS_BITS = 45  # of a trace: 32 allocations of 2^40 bytes
SIZE_BITS = 5  # of an access: 16 bytes at most
SECTORS = 4  # of 32 bytes that L1 gives in a pass
Class = tuple[int, int]  # the space of memory, and the kind of access
CLASSES = tuple(product((SHARED, GLOBAL), (LOAD, STORE)))


@dataclass(frozen=True)
class Requests:
    """The passes of 128 bytes that each warp request of a class takes, the cheapest first; each
    stands for `repeats` requests of a block.
    """

    passes: np.ndarray
    repeats: float

    def least(self, requests: float) -> float:
        """Return the passes of so many requests of a block at least, or of all if it has fewer."""
        return float(self.passes[: int(requests / self.repeats)].sum()) * self.repeats


class Block:
    """What a trace of `blocks` blocks of `threads` threads says of one of them, in the mean.

    Each figure is counted when it is first asked for: most callers compare a few, then take one
    block for all.
    """

    def __init__(self, trace: Trace, threads: int, blocks: int = 1) -> None:
        self._trace, self._threads, self._blocks = trace, threads, blocks
        self._parts: dict[Class, Trace] = {}

    @property
    def bytes(self) -> float:
        """Of all accesses."""
        return float(self._trace.bytes.sum()) / self._blocks

    @property
    def shared_stored(self) -> float:
        """Bytes of a thread, in the mean; `global_stored` likewise."""
        return self._bytes_of((SHARED, STORE)) / self._threads

    @property
    def global_stored(self) -> float:
        return self._bytes_of((GLOBAL, STORE)) / self._threads

    @cached_property
    def shared_loaded(self) -> float:
        """Bytes of a thread from addresses that it never stored to, each once and with the
        narrowest of its loads; `global_loaded` likewise.
        """
        return self._loaded(SHARED)

    @cached_property
    def global_loaded(self) -> float:
        return self._loaded(GLOBAL)

    @cached_property
    def requests(self) -> Mapping[Class, Requests]:
        """The requests of each class that go through the path to shared memory and L1."""
        return {(space, kind): self._requests((space, kind)) for space, kind in CLASSES}

    @cached_property
    def sectors_loaded(self) -> float:
        """Of 32 bytes, each once; `sectors_stored` likewise."""
        return self._sectors((GLOBAL, LOAD))

    @cached_property
    def sectors_stored(self) -> float:
        return self._sectors((GLOBAL, STORE))

    def _part(self, key: Class) -> Trace:
        if key not in self._parts:
            trace = self._trace
            self._parts[key] = trace.select((trace.space == key[0]) & (trace.kind == key[1]))
        return self._parts[key]

    def _bytes_of(self, key: Class) -> float:
        return float(self._trace.bytes[key]) / self._blocks

    def _loaded(self, space: int) -> float:
        loads = self._part((space, LOAD))
        ordered = np.sort((_threads_bytes(loads) << SIZE_BITS) + loads.size)
        numbers = ordered >> SIZE_BITS
        first = np.flatnonzero(np.diff(numbers, prepend=-1))
        stored = distinct(_threads_bytes(self._part((space, STORE))))
        new = ~np.isin(numbers[first], stored, assume_unique=True)
        sizes = ordered[first] & (1 << SIZE_BITS) - 1
        return float(sizes[new].sum()) / self._threads_seen

    @cached_property
    def _threads_seen(self) -> int:
        """How many threads the trace has. Where it was full, those that it does not have may be
        like those that it has.
        """
        trace = self._trace
        if not trace.lost:
            return self._threads * self._blocks
        return len(distinct(trace.block * MAX_THREADS + trace.thread))

    def _requests(self, key: Class) -> Requests:
        part = self._part(key)
        if not len(part):
            return Requests(np.zeros(0), 1.0)
        numbers = request_numbers(part)
        if key[0] == SHARED:
            together = np.zeros(len(part), np.int64)  # whatever the lanes that are served together
            passes = banks.passes(numbers, together, part.address, part.size)[0]
        else:
            moved = sectors.sectors_moved(numbers, part.address, part.size)
            passes = np.maximum(moved / SECTORS, 1)
        return Requests(np.sort(passes), float(self._bytes_of(key) / part.size.sum()))

    def _sectors(self, key: Class) -> float:
        part = self._part(key)
        return sectors.distinct_sectors(part.address, part.size) / self._blocks if len(part) else 0


def _threads_bytes(part: Trace) -> np.ndarray:
    """Return a number for each pair of an address and a thread; should two pairs have one, what is
    counted of them is less.
    """
    return part.address + ((part.block * MAX_THREADS + part.thread) << ADDRESS_BITS)
