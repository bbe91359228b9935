"""The trace of a launch: every access to memory, in the order in which threads ran.

with recording() as traces:
    kernel[grid, block](x)
name, trace = traces[0]
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..options import modes

GLOBAL, SHARED, LOCAL = 0, 1, 2  # the memory space of an access
LOAD, STORE, ATOMIC = 0, 1, 2  # its kind


@dataclass(frozen=True)
class Trace:
    """The accesses of one launch. Each array has an element for each access.

    Those of one thread are in its order. `block` and `thread` are numbers in the grid and in the
    block; x varies fastest. `sites[site]` is the array's name in the source and "file.py:12".
    `lost` is how many accesses came after the trace was full; `bytes[space, kind]` counts those of
    all accesses, except in a part of a trace, which has none. Addresses in shared memory count from
    the block's first byte. Allocations in global memory start at multiples of 2^40, so they are
    aligned as on a GPU, and the same in every run.
    """

    block: np.ndarray
    thread: np.ndarray
    site: np.ndarray
    address: np.ndarray
    size: np.ndarray  # bytes
    kind: np.ndarray
    space: np.ndarray
    sites: Mapping[int, tuple[str, str]]
    lost: int = 0
    bytes: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.address)

    def select(self, mask: np.ndarray) -> "Trace":
        """Return the accesses where the mask is true."""
        names = ("block", "thread", "site", "address", "size", "kind", "space")
        return Trace(*(getattr(self, name)[mask] for name in names), self.sites, self.lost)


@contextlib.contextmanager
def recording(
    only: Callable[[str, int], int | None] | None = None,
) -> Iterator[list[tuple[str, Trace]]]:
    """Record this thread's launches inside: gives a list of (kernel, trace), one per launch.

    only: (kernel, how many blocks it has) -> the number of the one that runs, or None for all. The
    others do not, so that what a block of a large grid accesses is seen at once, and what is
    computed is of no use. Traces then have no accesses to local memory, and at most
    SAMPLED_ACCESSES (recorder.py).
    """
    traces: list[tuple[str, Trace]] = []
    with modes.using(traces=traces, only=only):
        yield traces
