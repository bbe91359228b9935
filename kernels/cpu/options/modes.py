"""The modes of launches: the order of blocks and threads, the sanitizer, and the debugger.

    with modes.using(seed=7):
        kernel[grid, block](x)

Without a mode, blocks run on all cores, in any order between cores, and threads run by number.
"""

import contextlib
import importlib.util
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field, replace

from . import tools
from .notebook import in_notebook
from .tools import Instrumentation

# How mma.sync adds (language/ptx/tensor_core.py): how many products of TF32 are one block, 0 for
# all of them in float64, and how many bits below 24 it keeps of each.
MMA_MODELS = {"h100": (8, 2), "a100": (4, 1), "exact": (0, 0)}


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
    remarks. `traces`: a list to which each launch appends its kernel's name and its Trace. `only`:
    (kernel, how many blocks it has) -> the number of the one that runs, or None for all of them; a
    cooperative launch needs all.
    `mma`: the GPU whose tensor cores' addition mma.sync has, "h100" or "a100", or "exact".
    `debug`: kernels run in plain Python, thread by thread, so that breakpoint() works in them; with
    `thread` or `block` it stops in that thread of that block only, by default number 0, else in the
    first thread that reaches it (debugger/breakpoints.py).
    """

    deterministic: bool = False
    seed: int | None = None
    sanitize: bool | str | Iterable[str] = frozenset()
    keep_going: bool | None = None
    same_value: bool = False
    traces: list | None = field(default=None, compare=False)
    only: Callable[[str, int], int | None] | None = None
    mma: str = "h100"
    debug: bool = False
    thread: Sequence[int] | None = None
    block: Sequence[int] | None = None

    def __post_init__(self) -> None:
        """Raise TypeError or ValueError for a wrong mode, or for two that exclude each other.

        Raises ModuleNotFoundError where `debug` needs greenlet, which is not installed.
        """
        object.__setattr__(self, "sanitize", tools.selected(self.sanitize))
        self._check_debugger()
        if self.mma not in MMA_MODELS:
            known = ", ".join(map(repr, MMA_MODELS))
            raise ValueError(f"mma is {self.mma!r}; expected one of {known}")
        if self.seed is None:
            return
        if not isinstance(self.seed, int) or isinstance(self.seed, bool):
            raise TypeError(f"seed is {self.seed!r}; expected an integer or None")
        if not 0 <= self.seed < 2**62:
            raise ValueError(f"seed is {self.seed}; expected 0 to 2^62 - 1")

    def _check_debugger(self) -> None:
        chosen = {"thread": self.thread, "block": self.block}
        for name, given in chosen.items():
            if given is not None and not self.debug:
                raise ValueError(f"{name} is {given!r}; expected None without debug=True")
            if given is not None or any(chosen.values()):
                object.__setattr__(
                    self, name, _position(name, (0, 0, 0) if given is None else given)
                )
        if not self.debug:
            return
        if self.sanitize or self.traces is not None:
            other = "the sanitizer and recorders watch compiled kernels, not those under debug"
            raise ValueError(f"debug is True; expected False beside sanitize and traces: {other}")
        if importlib.util.find_spec("greenlet") is None:
            text = "debug=True needs greenlet: pip install greenlet"
            raise ModuleNotFoundError(text, name="greenlet")

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


def _position(name: str, given: Sequence[int]) -> tuple[int, int, int]:
    """Return the coordinates x, y, z; those that are left out are 0."""
    items = tuple(given) if isinstance(given, (tuple, list)) else (given,)
    if not 1 <= len(items) <= 3 or not all(type(at) is int and at >= 0 for at in items):
        expected = "1 to 3 integers of at least 0, such as (3, 0, 0)"
        raise ValueError(f"{name} is {given!r}; expected {expected}")
    return (*items, 0, 0)[:3]


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
