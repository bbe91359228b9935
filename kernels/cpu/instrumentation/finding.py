"""What a tool of the sanitizer found, apart from the exception that may be made of it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Finding:
    """One error of a kernel: how it showed the first time, and how often it did.

    Two findings of one kernel that are about the same `places` of the source are the same.
    """

    kernel: str
    tool: str
    text: str
    places: tuple[str, ...]
    times: int = 1

    @property
    def key(self) -> tuple:
        """What is equal for findings that are the same."""
        return self.kernel, self.tool, self.places

    def again(self, times: int) -> "Finding":
        """Return the finding after as many more times."""
        return replace(self, times=self.times + times)

    def __str__(self) -> str:
        """Return the text, and the count if it is more than one."""
        return self.text if self.times == 1 else f"{self.text} ({self.times} times)"


class FoundError(Exception):
    """An exception that is made of one or more findings."""

    findings: tuple[Finding, ...] = ()

    def of(self, *findings: Finding) -> "FoundError":
        """Note the findings that it is made of; return it."""
        self.findings = findings
        return self


class BoundsError(FoundError, IndexError):
    """An index is out of bounds."""
