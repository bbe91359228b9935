"""What one block of a launch asks of memory at least, from its trace.

A GPU's compiler may drop loads that the source repeats, and merge neighbouring ones, so a trace
says too much of loads. What it cannot do: leave out a store, have a number that the thread never
loaded, or let a request take fewer passes than the fullest bank has words.

Bytes are counted of all accesses. What requests cost is known of those in the trace; where it was
full, the rest of a kind are taken to be like its beginning.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from crosscheck.kernels.cpu.machine.layout import MAX_THREADS
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, LOAD, SHARED, STORE, Trace
from crosscheck.kernels.inspect.memory import banks, sectors
from crosscheck.kernels.inspect.memory.requests import request_numbers

ADDRESS_BITS = 45  # of a trace: 32 allocations of 2^40 bytes
SECTORS = 4  # of 32 bytes that L1 gives in a pass
Class = tuple[int, int]  # the space of memory, and the kind of access


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


@dataclass(frozen=True)
class Block:
    """A block; of several that ran, their mean.

    bytes             of all accesses
    shared_stored, global_stored  bytes of a thread, in the mean
    shared_loaded, global_loaded  the same from addresses that the thread never stored to, each once
    requests          by class, through the path to shared memory and L1
    sectors_loaded, sectors_stored  of 32 bytes, each once
    """

    bytes: float
    shared_stored: float
    global_stored: float
    shared_loaded: float
    global_loaded: float
    requests: Mapping[Class, Requests]
    sectors_loaded: float
    sectors_stored: float


def summarise(trace: Trace, threads: int, blocks: int = 1) -> Block:
    """Return the figures of a trace of so many blocks of so many threads."""
    parts = {
        (space, kind): trace.select((trace.space == space) & (trace.kind == kind))
        for space in (SHARED, GLOBAL)
        for kind in (LOAD, STORE)
    }
    # Where a trace was full, threads that it does not have may be like those that it has.
    seen = len(np.unique(trace.block * MAX_THREADS + trace.thread)) if trace.lost else 0

    def distinct(space: int) -> float:
        loaded, stored = (_threads_bytes(parts[space, kind]) for kind in (LOAD, STORE))
        new, first = np.unique(loaded, return_index=True)
        sizes = parts[space, LOAD].size[first]
        return float(sizes[~np.isin(new, stored)].sum()) / (seen or threads * blocks)

    return Block(
        bytes=float(trace.bytes.sum()) / blocks,
        shared_stored=float(trace.bytes[SHARED, STORE]) / blocks / threads,
        global_stored=float(trace.bytes[GLOBAL, STORE]) / blocks / threads,
        shared_loaded=distinct(SHARED),
        global_loaded=distinct(GLOBAL),
        requests={key: _requests(part, trace, blocks, key) for key, part in parts.items()},
        sectors_loaded=_sectors(parts[GLOBAL, LOAD]) / blocks,
        sectors_stored=_sectors(parts[GLOBAL, STORE]) / blocks,
    )


def _threads_bytes(part: Trace) -> np.ndarray:
    """Return a number for each pair of an address and a thread; should two pairs have one, what is
    counted of them is less.
    """
    return part.address + ((part.block * MAX_THREADS + part.thread) << ADDRESS_BITS)


def _requests(part: Trace, whole: Trace, blocks: int, key: Class) -> Requests:
    if not len(part):
        return Requests(np.zeros(0), 1.0)
    numbers = request_numbers(part)
    if key[0] == SHARED:
        together = np.zeros(len(part), np.int64)  # whatever the lanes that are served together
        passes = banks.passes(numbers, together, part.address, part.size)[0]
    else:
        moved = sectors.sectors_moved(numbers, part.address, part.size)
        passes = np.maximum(moved / SECTORS, 1)
    return Requests(np.sort(passes), float(whole.bytes[key] / part.size.sum() / blocks))


def _sectors(part: Trace) -> int:
    return sectors.distinct_sectors(part.address, part.size) if len(part) else 0
