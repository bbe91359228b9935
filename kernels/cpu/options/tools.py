"""The sanitizer's tools by name, and how a kernel is instrumented for them."""

from collections.abc import Iterable
from enum import IntFlag

MEMCHECK, INITCHECK, RACECHECK, SYNCCHECK = "memcheck", "initcheck", "racecheck", "synccheck"
ALL = (MEMCHECK, INITCHECK, RACECHECK, SYNCCHECK)


class Instrumentation(IntFlag):
    """What is put into a kernel when it is compiled: for the sanitizer, and for a seed."""

    NONE = 0
    BOUNDS = 1  # a test of the index before each access
    ACCESSES = 3  # and calls of the sanitizer's runtime, at accesses, barriers and fences
    PREEMPTION = 4  # before an access, a thread may be taken off its core


def selected(sanitize: bool | str | Iterable[str]) -> frozenset[str]:
    """Return the tools that `sanitize` selects: True all, False none, or a name or several names.

    memcheck is part of every selection, since no tool can say what an access out of bounds hits.
    Raises ValueError for another name and TypeError for anything else.
    """
    if isinstance(sanitize, bool):
        return frozenset(ALL if sanitize else ())
    expected = f"True, False, or some of {', '.join(ALL)}"
    try:
        names = {sanitize} if isinstance(sanitize, str) else set(sanitize)
    except TypeError:
        raise TypeError(f"sanitize is {sanitize!r}; expected {expected}") from None
    if not names <= set(ALL):
        raise ValueError(f"sanitize is {sanitize!r}; expected {expected}")
    return frozenset(names | {MEMCHECK}) if names else frozenset()


def instrumentation(tools: frozenset[str]) -> Instrumentation:
    """Return the instrumentation that these tools need."""
    if tools & {INITCHECK, RACECHECK}:
        return Instrumentation.ACCESSES
    return Instrumentation.BOUNDS if tools else Instrumentation.NONE
