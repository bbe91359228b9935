"""Run suites: every case, dtype, direction and algorithm that the filters leave, as results."""

from collections.abc import Callable, Iterator, Sequence

from parity.case import Case
from parity.result import Result

SUITES = ("problems", "opinfo", "images", "fuzz", "quick")


def run(
    suites: Sequence[str],
    op: str | None = None,
    dtype: str | None = None,
    device: str = "cpu",
    algorithm: str | None = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
    announce: Callable[[Case], None] | None = None,
) -> Iterator[Result]:
    """Yield one Result per case, dtype, direction and algorithm that the filters leave.

    `seed` and `count` are for the fuzz suite. `announce(case)` is called before the first launch
    of each case, so that what crashes the process can be named. `case` is an exact case name.
    Raises ValueError for a suite that does not exist.
    """
    raise NotImplementedError


def total(
    suites: Sequence[str],
    op: str | None = None,
    dtype: str | None = None,
    algorithm: str | None = None,
    case: str | None = None,
    seed: int = 0,
    count: int | None = None,
) -> int:
    """Return how many results `run` with the same arguments will yield; nothing is launched."""
    raise NotImplementedError
