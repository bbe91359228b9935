"""A trace, added up by source line and array."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from crosscheck.kernels.cpu.machine.layout import WARP_SIZE
from crosscheck.kernels.cpu.sanitizer.trace import GLOBAL, SHARED, Trace
from crosscheck.kernels.inspect.memory import banks, requests, sectors

KINDS = ("load", "store", "atomic")


@dataclass(frozen=True)
class Line:
    """One array at one source line, loaded or stored; a request is what a warp does at once.

    In global memory `asked` and `moved` are bytes, and `least` those that would have to be moved if
    every sector came only once in the whole launch. In shared memory `passes` is how often it is
    read or written, and `least` how often without bank conflicts.
    """

    array: str
    place: str
    kind: str
    shared: bool
    accesses: int  # by threads
    requests: int
    asked: int
    moved: int
    passes: int
    least: int
    worst: int  # sectors, or passes, of the worst request

    @property
    def use(self) -> float | None:
        """The part of the bytes moved that was asked for; in global memory."""
        return None if self.shared else self.asked / self.moved

    @property
    def reuse(self) -> float | None:
        """How often a sector is moved on the average; in global memory."""
        return None if self.shared else self.moved / self.least

    @property
    def conflicts(self) -> float | None:
        """How many times as long shared memory takes as without conflicts."""
        return self.passes / self.least if self.shared else None


def summarise(trace: Trace) -> list[Line]:
    """Return a line for each site with accesses to global or shared memory, in source order.

    Local arrays are left out: on a GPU they are registers, or belong to one thread.
    """
    found = [_line(part) for part in split(trace)]
    return sorted(found, key=lambda line: (_position(line.place), line.shared, line.kind))


def split(trace: Trace) -> Iterator[Trace]:
    """Yield the accesses of each kind to each array at each place, global and shared apart."""
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
    numbers = requests.number(part)
    array, place = part.sites[part.site[0]]
    shared = bool(part.space[0] == SHARED)
    asked = moved = passes = 0
    if shared:
        each, best = banks.passes(numbers, part.thread % WARP_SIZE, part.address, part.size)
        passes, least = int(each.sum()), int(best.sum())
    else:
        each = sectors.moved(numbers, part.address, part.size)
        asked = int(sectors.asked(numbers, part.address, part.size).sum())
        moved = int(each.sum()) * sectors.SECTOR
        least = sectors.least(part.address, part.size) * sectors.SECTOR
    return Line(
        array=array,
        place=place,
        kind=KINDS[part.kind[0]],
        shared=shared,
        accesses=len(part),
        requests=int(numbers.max()) + 1,
        asked=asked,
        moved=moved,
        passes=passes,
        least=least,
        worst=int(each.max()),
    )
