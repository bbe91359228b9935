"""What compiling a function finds out about it: shared memory, barriers, accesses.

Lowering an intrinsic sees only its own call, so it notes what it did in the function that is being
compiled. A device function is compiled once and is then part of many programs; the traits of a
program are those of its kernel and of every function below, and only there a static shared array
has its place, as with a GPU's linker.
"""

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from numba.core.ir import Loc

from ..options.tools import Instrumentation


class Site(NamedTuple):
    """A place in the source: the array or the barrier there, and file:line."""

    name: str
    place: str


class Shared(NamedTuple):
    """A static shared array; its symbol stands for its place until the program is linked."""

    symbol: str
    size: int  # bytes
    alignment: int


SITE_BITS = 22  # of a site's number

_numbers = itertools.cycle(range(1 << SITE_BITS))  # unique in a program; none has four million
_symbols = (f"shared.{number}" for number in itertools.count())


@dataclass
class Traits:
    """The notes of one compilation."""

    instrumentation: Instrumentation = Instrumentation.NONE
    compiler: Callable | None = None  # makes a device function of a Python function
    switches: bool = False  # between stacks: a thread may wait, or this is the scheduler
    cooperative: bool = False  # has a barrier of the whole grid
    fences: bool = False  # has a memory fence
    prints: bool = False
    warnings: list[str] = field(default_factory=list)  # for who launches it, in each process
    local: int = 0  # bytes of local arrays, on every thread's stack
    shared: list[Shared] = field(default_factory=list)  # its static arrays
    shared_granule: int = 0  # the smallest of its shared arrays', 0 where there is none
    sites: dict[int, Site] = field(default_factory=dict)
    captured: list[Any] = field(default_factory=list)  # device arrays that it has as globals
    inner: dict[int, tuple] = field(default_factory=dict)  # functions defined in this one
    callees: dict[int, "Traits"] = field(default_factory=dict)

    def adopt(self, dispatcher: Any) -> Any:
        """Return a numba function as this function's own; there is one of each."""
        if id(dispatcher) not in self.inner:
            self.inner[id(dispatcher)] = dispatcher, self.compiler(dispatcher.py_func)
        return self.inner[id(dispatcher)][1]

    def add_callee(self, callee: "Traits") -> None:
        """Note that the function calls another, whose traits these are."""
        self.callees[id(callee)] = callee

    def merged(self) -> "Traits":
        """Return the traits of the function and all below it as one."""
        parts: dict[int, Traits] = {}
        left = [self]
        while left:
            part = left.pop()
            if id(part) not in parts:
                parts[id(part)] = part
                left += part.callees.values()
        own = parts.values()
        return Traits(
            switches=any(part.switches for part in own),
            cooperative=any(part.cooperative for part in own),
            fences=any(part.fences for part in own),
            prints=any(part.prints for part in own),
            warnings=[text for part in own for text in part.warnings],
            local=sum(part.local for part in own),
            shared=[array for part in own for array in part.shared],
            shared_granule=min((p.shared_granule for p in own if p.shared_granule), default=0),
            sites={number: site for part in own for number, site in part.sites.items()},
            captured=[array for part in own for array in part.captured],
        )

    def add_shared_granule(self, granule: int) -> None:
        """Note the granule of a shared array."""
        self.shared_granule = min(self.shared_granule or granule, granule)

    def add_static_array(self, size: int, alignment: int) -> str:
        """Note a static shared array; return the symbol of the constant that will be its place."""
        self.shared.append(Shared(next(_symbols), size, alignment))
        return self.shared[-1].symbol

    def site(self, name: str, loc: Loc | None) -> int:
        """Number a place in the source that an error may have to name."""
        place = f"{Path(loc.filename).name}:{loc.line}" if loc else "unknown"
        number = next(_numbers)
        self.sites[number] = Site(name, place)
        return number


_compiling: list[Traits] = []


@contextmanager
def collecting(
    instrumentation: Instrumentation, compiler: Callable | None = None
) -> Iterator[Traits]:
    """Collect the traits of what is compiled inside. numba's compiler lock keeps out others."""
    _compiling.append(Traits(instrumentation, compiler))
    try:
        yield _compiling[-1]
    finally:
        _compiling.pop()


@contextmanager
def of_callee(compiler: Callable | None) -> Iterator[Traits]:
    """Collect those of a function that the current one calls apart."""
    with collecting(current().instrumentation, compiler or current().compiler) as own:
        yield own


def current() -> Traits:
    """Return the traits of the function that is being compiled."""
    return _compiling[-1]
