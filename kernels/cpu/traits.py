"""What compiling a kernel finds out about it: shared memory, barriers, checked accesses.

Lowering an intrinsic sees only its own call, so it notes what it did in the kernel being compiled.
A kernel and the device functions it calls are compiled together, each kernel with its own copies:
that gives every static shared array of the whole program its own place, as a GPU's linker does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from numba.core.ir import Loc


@dataclass
class Traits:
    """The notes of one compilation."""

    checked: bool = False
    switches: bool = False  # between stacks: a thread may wait, or this is the scheduler
    cooperative: bool = False  # has a barrier of the whole grid
    static_shared: int = 0  # bytes
    local: int = 0  # bytes of local arrays, on every thread's stack
    sites: list[tuple[str, str]] = field(default_factory=list)  # (array or barrier, file:line)

    def shared_offset(self, size: int, alignment: int) -> int:
        """Reserve `size` bytes of static shared memory; return where they start."""
        start = -(-self.static_shared // alignment) * alignment
        self.static_shared = start + size
        return start

    def site(self, name: str, loc: Loc | None) -> int:
        """Number a place in the source that an error may have to name."""
        place = f"{Path(loc.filename).name}:{loc.line}" if loc else "unknown"
        self.sites.append((name, place))
        return len(self.sites) - 1


_compiling: list[Traits] = []


@contextmanager
def collecting(checked: bool) -> Iterator[Traits]:
    """Collect the traits of the kernel compiled inside. numba's compiler lock keeps out others."""
    _compiling.append(Traits(checked))
    try:
        yield _compiling[-1]
    finally:
        _compiling.pop()


def current() -> Traits:
    """Return the traits of the kernel that is being compiled."""
    return _compiling[-1]
