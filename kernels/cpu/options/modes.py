"""How launches run: the order of blocks and threads, and who watches.

    with modes.using(seed=7):
        kernel[grid, block](x)

Without a mode blocks run on all cores, in any order between cores, and threads by number.
"""

import contextlib
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from . import tools
from .tools import Instrumentation


@dataclass(frozen=True)
class Modes:
    """`deterministic`: blocks by number, one after the other, so that two runs do the same in the
    same order, atomics too. `seed`: blocks and threads in a random order, one block at a time; the
    same seed repeats it. `sanitize`: True for all of the sanitizer's tools, or names of some;
    blocks run one at a time. `traces`: a list to which each launch adds its name and its Trace.
    """

    deterministic: bool = False
    seed: int | None = None
    sanitize: bool | str | Iterable[str] = frozenset()
    traces: list | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Raise TypeError or ValueError for a seed that is none, or a tool."""
        object.__setattr__(self, "sanitize", tools.selected(self.sanitize))
        if self.seed is None:
            return
        if not isinstance(self.seed, int) or isinstance(self.seed, bool):
            raise TypeError(f"seed is {self.seed!r}; expected an integer or None")
        if not 0 <= self.seed < 2**62:
            raise ValueError(f"seed is {self.seed}; expected 0 to 2^62 - 1")

    @property
    def one_worker(self) -> bool:
        """Whether blocks run one at a time."""
        watched = self.instrumentation != Instrumentation.NONE
        return self.deterministic or self.seed is not None or watched

    @property
    def fiber_per_thread(self) -> bool:
        """Whether every thread has a fiber of its own, even where none ever waits."""
        return self.seed is not None

    @property
    def variant(self) -> tuple:
        """What a kernel is compiled anew for."""
        return self.fiber_per_thread, self.instrumentation

    @property
    def instrumentation(self) -> Instrumentation:
        """How much of itself a kernel has to tell."""
        own = tools.instrumentation(self.sanitize)
        return own if self.traces is None else Instrumentation.ACCESSES


_default = Modes()
_current: ContextVar[Modes | None] = ContextVar("modes", default=None)


def current() -> Modes:
    """Return the modes of this thread's launches."""
    return _current.get() or _default


def set_default(**changes) -> None:
    """Set the modes of all launches in this process that are not inside `using`."""
    global _default
    _default = Modes(**changes)


@contextlib.contextmanager
def using(**changes) -> Iterator[None]:
    """Change modes for this thread's launches inside."""
    token = _current.set(replace(current(), **changes))
    try:
        yield
    finally:
        _current.reset(token)
