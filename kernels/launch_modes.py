"""What launches inside a `with` block do otherwise: the sanitizer, plain Python, 64-bit indices."""

import contextlib
from collections.abc import Iterator, Sequence
from contextvars import ContextVar

from crosscheck.kernels import arrays
from crosscheck.kernels.cpu import modes
from crosscheck.kernels.cpu.sanitizer import unwritten

arrays.on_empty.append(unwritten.watch)  # under initcheck

_wide_index = ContextVar("wide_index", default=False)


def sanitized(
    *names: str, keep_going: bool | None = None, same_value: bool = False
) -> contextlib.AbstractContextManager[None]:
    """Run CPU launches inside under the sanitizer's tools of these names; without any, under all.

    They are "memcheck", "initcheck", "racecheck" and "synccheck"; kernels.cpu.sanitizer tells what
    each finds. With `keep_going`, which is the default in a notebook, a finding is written to the
    terminal and raises nothing. With `same_value`, unordered writes of one same value are races,
    too. Raises ValueError for another name.
    """
    return modes.using(sanitize=names or True, keep_going=keep_going, same_value=same_value)


def debugged(
    thread: Sequence[int] | None = None, block: Sequence[int] | None = None
) -> contextlib.AbstractContextManager[None]:
    """Run CPU launches inside in plain Python: breakpoint(), pdb and print() work in kernels.

    With a thread or a block chosen, breakpoint() stops there only, as options/modes.py of
    kernels/cpu says. Raises ValueError for what is no position, and ModuleNotFoundError where
    greenlet is not installed.
    """
    return modes.using(debug=True, thread=thread, block=block)


@contextlib.contextmanager
def wide_index() -> Iterator[None]:
    """Give launches inside 64-bit indices whatever their size: tests that path on small arrays."""
    token = _wide_index.set(True)  # for this thread's launches only
    try:
        yield
    finally:
        _wide_index.reset(token)


def is_wide() -> bool:
    """Return whether launches have 64-bit indices whatever their size."""
    return _wide_index.get()
