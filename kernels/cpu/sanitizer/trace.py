"""What a launch did to memory: every access, in the order in which threads ran.

with recording() as traces:
    kernel[grid, block](x)
name, trace = traces[0]
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from ..options import modes

GLOBAL, SHARED, LOCAL = 0, 1, 2  # where an access goes
LOAD, STORE, ATOMIC = 0, 1, 2  # what it does


@dataclass(frozen=True)
class Trace:
    """One launch. The arrays are parallel, an element an access; a thread's are in its order.

    `block` and `thread` number blocks of the grid and threads of a block, x varying fastest.
    `sites[site]` is the array's name in the source and the place, "file.py:12". `lost` accesses
    came after the trace was full. Addresses in shared memory count from the block's first byte. An
    allocation in global memory starts at a multiple of 2^40, so it is aligned as on a GPU: NumPy's
    own addresses would depend on the run.
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

    def __len__(self) -> int:
        return len(self.address)

    def select(self, mask: np.ndarray) -> "Trace":
        """Return the accesses for which the mask is true."""
        names = ("block", "thread", "site", "address", "size", "kind", "space")
        return Trace(*(getattr(self, name)[mask] for name in names), self.sites, self.lost)


@contextlib.contextmanager
def recording() -> Iterator[list[tuple[str, Trace]]]:
    """Record the launches of this thread inside: a list of (kernel, trace), one for each."""
    traces: list[tuple[str, Trace]] = []
    with modes.using(traces=traces):
        yield traces
