"""Arrays that a launch reaches through addresses it is given, which no argument shows.

memcheck knows their extents from the kernel, where it makes an array of an address (`array_at`).
initcheck and racecheck watch ranges of memory, so they have to be told of these.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

_reached: ContextVar[tuple[np.ndarray, ...]] = ContextVar("reached", default=())


@contextmanager
def reaching(arrays: Sequence[np.ndarray]) -> Iterator[None]:
    """Let the sanitizer watch these arrays, too, in this thread's launches inside."""
    token = _reached.set(tuple(arrays))
    try:
        yield
    finally:
        _reached.reset(token)


def reached() -> tuple[np.ndarray, ...]:
    """Return the arrays that a launch now may reach beside its arguments."""
    return _reached.get()
