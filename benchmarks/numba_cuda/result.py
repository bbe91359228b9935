"""What became of the tests of one file."""

from collections import Counter
from dataclasses import dataclass, field

PASSED, FAILED, SKIPPED = "passed", "failed", "skipped"


@dataclass(frozen=True)
class Failure:
    """A test that did not pass; `group` is why (reasons.py)."""

    test: str
    message: str
    group: str


@dataclass(frozen=True)
class Result:
    """The tests of one file, counted. An expected failure that fails has passed."""

    file: str
    counts: Counter
    failures: tuple[Failure, ...] = ()
    seconds: float = field(default=0.0, compare=False)

    @property
    def groups(self) -> Counter:
        """How many failures there are of each group."""
        return Counter(failure.group for failure in self.failures)
