"""Which tools a kernel is compiled and launched with."""

from collections.abc import Iterable
from enum import IntEnum

MEMCHECK, INITCHECK, RACECHECK, SYNCCHECK = "memcheck", "initcheck", "racecheck", "synccheck"
ALL = (MEMCHECK, INITCHECK, RACECHECK, SYNCCHECK)


class Instrumentation(IntEnum):
    """What is put into a kernel while it is compiled, for the sanitizer."""

    NONE = 0
    BOUNDS = 1  # a test of the index in front of each access
    ACCESSES = 2  # and a call of the sanitizer's runtime, there and at barriers and fences


def selected(sanitize: bool | str | Iterable[str]) -> frozenset[str]:
    """Return the tools that `sanitize` means: True is all, False none, else a name or several.

    memcheck is part of every choice: what an access out of bounds hits, no tool could tell. Raises
    ValueError for another name and TypeError for anything else.
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
    """Return how much of itself a kernel has to tell these tools."""
    if tools & {INITCHECK, RACECHECK}:
        return Instrumentation.ACCESSES
    return Instrumentation.BOUNDS if tools else Instrumentation.NONE
