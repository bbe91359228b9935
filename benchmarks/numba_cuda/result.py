"""The outcomes of the tests of one file."""

from collections import Counter
from dataclasses import dataclass, field

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Failure:
    """A test that failed; `group` is the reason (see reasons.py)."""

    test: str
    message: str
    group: str


@dataclass(frozen=True)
class Result:
    """The number of tests of each outcome in one file; an expected failure counts as passed."""

    file: str
    counts: Counter
    failures: tuple[Failure, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def groups(self) -> Counter:
        """The number of failures in each group."""
        return Counter(failure.group for failure in self.failures)
