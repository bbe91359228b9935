"""Two sets of predictions: which calls take longer at least, with no GPU."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from crosscheck.benchmarks import predictions_file
from crosscheck.benchmarks.compare import refs
from crosscheck.benchmarks.predictions_file import Prediction

FOLDER = "benchmarks/results"  # of committed files
SLACK = 0.005  # a prediction has no scatter; its file rounds


@dataclass(frozen=True)
class Change:
    """The predictions of one call on one GPU, where they differ."""

    before: Prediction
    after: Prediction

    @property
    def ratio(self) -> float:
        return self.after.microseconds / self.before.microseconds


@dataclass(frozen=True)
class Comparison:
    """What changed, the worst first, of how many calls that both have."""

    changes: Sequence[Change]
    calls: int

    @property
    def worse(self) -> list[Change]:
        return [each for each in self.changes if each.ratio > 1]


def read(commit: str, root: Path = refs.ROOT) -> list[Prediction]:
    """Return the committed predictions. Raises ValueError for a file that cannot be read."""
    found: list[Prediction] = []
    for path in refs.files(commit, FOLDER, root):
        if path.endswith(".json"):
            name = f"{path} of {commit[: refs.SHORT]}"
            found += predictions_file.parse(refs.read(commit, path, root) or "", name)
    return found


def compare(before: Sequence[Prediction], after: Sequence[Prediction]) -> Comparison:
    """Compare the calls on the same GPU that both predict a time for."""
    known = {(each.device, each.call): each for each in before if each.microseconds > 0}
    pairs = [
        Change(known[each.device, each.call], each)
        for each in after
        if each.microseconds > 0 and (each.device, each.call) in known
    ]
    changed = [each for each in pairs if abs(each.ratio - 1) > SLACK]
    return Comparison(sorted(changed, key=lambda each: -each.ratio), len(pairs))
