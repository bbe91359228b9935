"""The accesses of a trace, added up by source line and array."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, SHARED, Trace
from crosscheck.kernels.inspect.memory import banks, sectors
from crosscheck.kernels.inspect.memory.requests import request_numbers

KINDS = ("load", "store", "atomic")


@dataclass(frozen=True)
class Line:
    """All accesses of one kind to one array at one source line."""

    array: str
    place: str  # "file.py:12"
    kind: str
    shared: bool  # shared memory, else global
    accesses: int  # of all threads
    requests: int  # of all warps
    worst_request: int  # sectors (global) or passes (shared) of the most expensive request
    # Global memory; 0 for shared:
    bytes_requested: int = 0
    bytes_moved: int = 0
    distinct_bytes: int = 0  # what would move if every sector moved once in the whole launch
    # Shared memory; 0 for global:
    passes: int = 0
    conflict_free_passes: int = 0

    @property
    def utilization(self) -> float | None:
        """The fraction of the bytes moved that was requested; None for shared memory."""
        return None if self.shared else self.bytes_requested / self.bytes_moved

    @property
    def transfers_per_sector(self) -> float | None:
        """How often a sector moves on average; None for shared memory."""
        return None if self.shared else self.bytes_moved / self.distinct_bytes

    @property
    def conflict_factor(self) -> float | None:
        """Passes over passes without bank conflicts; None for global memory."""
        return self.passes / self.conflict_free_passes if self.shared else None


def summarise(trace: Trace) -> list[Line]:
    """Return the lines of a trace, in source order.

    Local arrays are left out: on a GPU they are registers, or belong to one thread.
    """
    found = [_line(part) for part in split_by_line(trace)]
    return sorted(found, key=lambda line: (_position(line.place), line.shared, line.kind))


def split_by_line(trace: Trace) -> Iterator[Trace]:
    """Yield a trace with the accesses of each Line."""
    codes, which = np.unique(trace.site * len(KINDS) + trace.kind, return_inverse=True)
    names = [(*trace.sites[code // len(KINDS)], code % len(KINDS)) for code in codes]
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    line = np.array([numbers[name] for name in names], np.int64)[which]
    for number in numbers.values():
        for space in (GLOBAL, SHARED):
            chosen = (line == number) & (trace.space == space)
            if chosen.any():
                yield trace.select(chosen)


def _position(place: str) -> tuple[str, int]:
    file, _, line = place.rpartition(":")
    return file, int(line)


def _line(part: Trace) -> Line:
    numbers = request_numbers(part)
    array, place = part.sites[part.site[0]]
    shared = bool(part.space[0] == SHARED)
    if shared:
        costs, conflict_free = banks.passes(
            numbers, part.thread % WARP_SIZE, part.address, part.size
        )
        totals = {"passes": int(costs.sum()), "conflict_free_passes": int(conflict_free.sum())}
    else:
        costs = sectors.sectors_moved(numbers, part.address, part.size)
        requested = sectors.bytes_requested(numbers, part.address, part.size)
        distinct = sectors.distinct_sectors(part.address, part.size)
        totals = {
            "bytes_requested": int(requested.sum()),
            "bytes_moved": int(costs.sum()) * sectors.SECTOR,
            "distinct_bytes": distinct * sectors.SECTOR,
        }
    return Line(
        array=array,
        place=place,
        kind=KINDS[part.kind[0]],
        shared=shared,
        accesses=len(part),
        requests=int(numbers.max()) + 1,
        worst_request=int(costs.max()),
        **totals,
    )
