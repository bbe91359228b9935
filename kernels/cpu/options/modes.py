"""The modes of launches: the order of blocks and threads, and the sanitizer.

    with modes.using(seed=7):
        kernel[grid, block](x)

Without a mode, blocks run on all cores, in any order between cores, and threads run by number.
"""

import contextlib
import json
import os
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from . import tools
from .notebook import in_notebook
from .tools import Instrumentation


@dataclass(frozen=True)
class Modes:
    """How launches run.

    `deterministic`: blocks run one after the other, by number, so two runs do the same in the same
    order, atomics included. `seed`: blocks and threads run in a random order, one block at a time,
    and a thread may be taken off its core before any access to an array; the same seed gives the
    same order. `sanitize`: True for all tools of the sanitizer, or the names of some; blocks run
    one at a time. `keep_going`: what the sanitizer finds is written to the terminal, and later
    launches run; an access out of bounds, or a barrier that threads miss, ends its launch. None:
    this is so in a notebook. `same_value`: unordered writes of one same value are errors, too, not
    remarks. `traces`: a list to which each launch appends its kernel's name and its Trace.
    """

    deterministic: bool = False
    seed: int | None = None
    sanitize: bool | str | Iterable[str] = frozenset()
    keep_going: bool | None = None
    same_value: bool = False
    traces: list | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        """Raise TypeError or ValueError for a seed or a tool that is none."""
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
        is_instrumented = self.instrumentation != Instrumentation.NONE
        return self.deterministic or self.seed is not None or is_instrumented

    @property
    def goes_on(self) -> bool:
        """Whether the program goes on after what the sanitizer finds."""
        return bool(self.sanitize) and (
            in_notebook() if self.keep_going is None else self.keep_going
        )

    @property
    def fiber_per_thread(self) -> bool:
        """Whether every thread has a fiber of its own, even where none ever waits."""
        return self.seed is not None

    @property
    def variant(self) -> tuple:
        """The part of the modes that a kernel is compiled for."""
        return self.fiber_per_thread, self.instrumentation

    @property
    def instrumentation(self) -> Instrumentation:
        """How a kernel must be instrumented for these modes."""
        own = tools.instrumentation(self.sanitize)
        if self.traces is not None:
            own |= Instrumentation.ACCESSES
        return own if self.seed is None else own | Instrumentation.PREEMPTION


# A process that a script started has the script's modes: see cuda/install.py.
_default = Modes(**json.loads(os.environ.get("CROSSCHECK_CPU_DEVICE", "{}")).get("modes", {}))
_current: ContextVar[Modes | None] = ContextVar("modes", default=None)


def current() -> Modes:
    """Return the modes of this thread's launches."""
    return _current.get() or _default


def set_default(**changes) -> None:
    """Set the modes of this process, for launches that are not inside `using`."""
    global _default
    _default = Modes(**changes)


@contextlib.contextmanager
def using(**changes) -> Iterator[None]:
    """Change the modes of this thread's launches inside."""
    token = _current.set(replace(current(), **changes))
    try:
        yield
    finally:
        _current.reset(token)
