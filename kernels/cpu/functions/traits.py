"""The traits of a function, noted while it is compiled: shared memory, barriers, accesses.

The lowering of an intrinsic notes what it needs in the traits of the function being compiled. A
device function is compiled once and becomes part of many programs. The traits of a program are
those of its kernel and of every function it reaches, merged. Static shared arrays get their offsets
only then, as they do from a GPU's linker.
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
    """A place in the source: the name of the array or barrier, and file:line."""

    name: str
    place: str


class Shared(NamedTuple):
    """A static shared array. Its symbol stands for its offset, until the program is linked."""

    symbol: str
    size: int  # bytes
    alignment: int


SITE_BITS = 22  # of the number of a site

_numbers = itertools.cycle(range(1 << SITE_BITS))  # unique in a program, which has fewer than 2^22
_symbols = (f"shared.{number}" for number in itertools.count())


@dataclass
class Traits:
    """The traits of one function."""

    instrumentation: Instrumentation = Instrumentation.NONE
    make_dispatcher: Callable | None = None  # for functions that are defined in this one
    switches: bool = False  # switches stacks: a thread may wait, or this is the scheduler
    cooperative: bool = False  # it has a barrier of the whole grid
    fences: bool = False  # it has a memory fence
    prints: bool = False
    warnings: list[str] = field(default_factory=list)  # shown when it is loaded
    local: int = 0  # bytes of local arrays on the stack
    shared: list[Shared] = field(default_factory=list)  # its static shared arrays
    shared_granule: int = 0  # the smallest granule of its shared arrays, 0 where there is none
    sites: dict[int, Site] = field(default_factory=dict)
    captured: list[Any] = field(default_factory=list)  # device arrays that it refers to as globals
    inner: dict[int, tuple] = field(default_factory=dict)  # functions defined in it, adopted
    callees: dict[int, "Traits"] = field(default_factory=dict)

    def adopt(self, dispatcher: Any) -> Any:
        """Return the dispatcher for kernels of a numba function that is defined in this one."""
        if id(dispatcher) not in self.inner:
            self.inner[id(dispatcher)] = dispatcher, self.make_dispatcher(dispatcher.py_func)
        return self.inner[id(dispatcher)][1]

    def add_callee(self, callee: "Traits") -> None:
        """Note the traits of a function that this one calls."""
        self.callees[id(callee)] = callee

    def merged(self) -> "Traits":
        """Return the traits of the function and of every function it reaches, as one."""
        found: dict[int, Traits] = {}
        left = [self]
        while left:
            traits = left.pop()
            if id(traits) not in found:
                found[id(traits)] = traits
                left += traits.callees.values()
        own = found.values()
        granules = [each.shared_granule for each in own if each.shared_granule]
        return Traits(
            switches=any(each.switches for each in own),
            cooperative=any(each.cooperative for each in own),
            fences=any(each.fences for each in own),
            prints=any(each.prints for each in own),
            warnings=[text for each in own for text in each.warnings],
            local=sum(each.local for each in own),
            shared=[array for each in own for array in each.shared],
            shared_granule=min(granules, default=0),
            sites={number: site for each in own for number, site in each.sites.items()},
            captured=[array for each in own for array in each.captured],
        )

    def add_shared_granule(self, granule: int) -> None:
        """Note the granule of a shared array (language/memory/arrays.py)."""
        self.shared_granule = min(self.shared_granule or granule, granule)

    def add_static_array(self, size: int, alignment: int) -> str:
        """Note a static shared array; return the symbol that will be its offset."""
        self.shared.append(Shared(next(_symbols), size, alignment))
        return self.shared[-1].symbol

    def site(self, name: str, loc: Loc | None) -> int:
        """Return the number of a new site: a place that an error message may name."""
        place = f"{Path(loc.filename).name}:{loc.line}" if loc else "unknown"
        number = next(_numbers)
        self.sites[number] = Site(name, place)
        return number


_compiling: list[Traits] = []


@contextmanager
def collecting(
    instrumentation: Instrumentation, make_dispatcher: Callable | None = None
) -> Iterator[Traits]:
    """Collect the traits of what is compiled inside, under numba's compiler lock."""
    _compiling.append(Traits(instrumentation, make_dispatcher))
    try:
        yield _compiling[-1]
    finally:
        _compiling.pop()


@contextmanager
def of_callee(make_dispatcher: Callable | None) -> Iterator[Traits]:
    """Collect the traits of a function that the current one calls."""
    caller = current()
    with collecting(caller.instrumentation, make_dispatcher or caller.make_dispatcher) as own:
        yield own


def current() -> Traits:
    """Return the traits of the function that is being compiled."""
    return _compiling[-1]
