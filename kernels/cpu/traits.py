"""What compiling a kernel finds out about it: shared memory, barriers, accesses.

Lowering an intrinsic sees only its own call, so it notes what it did in the kernel being compiled.
A kernel and the device functions it calls are compiled together, each kernel with its own copies:
that gives every static shared array of the whole program its own place, as a GPU's linker does.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple

from numba.core.ir import Loc


class Instrumentation(IntEnum):
    """What is put into a kernel while it is compiled, for the sanitizer."""

    NONE = 0
    BOUNDS = 1  # a test of the index in front of each access
    ACCESSES = 2  # and a call of the sanitizer's runtime, there and at barriers and fences


class Site(NamedTuple):
    """A place in the source: the array or the barrier there, and file:line."""

    name: str
    place: str


@dataclass
class Traits:
    """The notes of one compilation."""

    instrumentation: Instrumentation = Instrumentation.NONE
    switches: bool = False  # between stacks: a thread may wait, or this is the scheduler
    cooperative: bool = False  # has a barrier of the whole grid
    static_shared: int = 0  # bytes
    local: int = 0  # bytes of local arrays, on every thread's stack
    shared_granule: int = 0  # the smallest of its shared arrays', 0 where there is none
    fences: bool = False  # has a memory fence
    prints: bool = False
    warnings: list[str] = field(default_factory=list)  # for who launches it, in each process
    sites: list[Site] = field(default_factory=list)
    captured: list[Any] = field(default_factory=list)  # device arrays that it has as globals
    compiler: Callable | None = None  # makes a device function of a Python function
    inner: dict[int, tuple] = field(default_factory=dict)  # functions defined in the kernel

    def adopted(self, dispatcher: Any) -> Any:
        """Return a numba function as this program's own; there is one of each."""
        if id(dispatcher) not in self.inner:
            self.inner[id(dispatcher)] = dispatcher, self.compiler(dispatcher.py_func)
        return self.inner[id(dispatcher)][1]

    def shared_offset(self, size: int, alignment: int) -> int:
        """Reserve `size` bytes of static shared memory; return where they start."""
        start = -(-self.static_shared // alignment) * alignment
        self.static_shared = start + size
        return start

    def note_shared(self, granule: int) -> None:
        """Note the granule of a shared array."""
        self.shared_granule = min(self.shared_granule or granule, granule)

    def site(self, name: str, loc: Loc | None) -> int:
        """Number a place in the source that an error may have to name."""
        place = f"{Path(loc.filename).name}:{loc.line}" if loc else "unknown"
        self.sites.append(Site(name, place))
        return len(self.sites) - 1


_compiling: list[Traits] = []


@contextmanager
def collecting(instrumentation: Instrumentation) -> Iterator[Traits]:
    """Collect the traits of the kernel compiled inside. numba's compiler lock keeps out others."""
    _compiling.append(Traits(instrumentation))
    try:
        yield _compiling[-1]
    finally:
        _compiling.pop()


def current() -> Traits:
    """Return the traits of the kernel that is being compiled."""
    return _compiling[-1]
