"""Two runs row by row: what changed, what is an error now, what only one of them has."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from crosscheck.benchmarks.compare import verdict
from crosscheck.benchmarks.compare.verdict import Change
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import Row
from crosscheck.benchmarks.rows import geometric_mean, is_measured, is_pytorch

NO_DIFFERENCE = {"commit", "date", "command"}  # of the environment: two runs differ in these
MACHINE = ("device", "gpu", "driver")

Round = tuple[Results, Results]


@dataclass(frozen=True)
class Comparison:
    """What two runs, or several rounds of them, say.

    changes      of rows that both measured, the slowest first
    broken       rows that were measured and have a problem now; `repaired`: the other way round
    only_before, only_after   rows that one of the two does not have
    environment  what differs, by name: before and after
    """

    changes: Sequence[Change]
    broken: Sequence[Row]
    repaired: Sequence[Row]
    only_before: Sequence[Row]
    only_after: Sequence[Row]
    environment: Mapping[str, tuple[str, str]]

    @property
    def ours(self) -> list[Change]:
        """The rows that a change of ours can change."""
        return [each for each in self.changes if not is_pytorch(each.after)]

    @property
    def control(self) -> float | None:
        """The geometric mean of the ratios of PyTorch's rows, which should be 1; None without."""
        return geometric_mean(each.ratio for each in self.changes if is_pytorch(each.after))

    @property
    def other_machine(self) -> list[str]:
        """The names of what differs and decides what any kernel takes: GPU, driver."""
        return [name for name in self.environment if name.lower() in MACHINE]

    def failures(self, threshold: float) -> list[str]:
        """Return in words why the gate fails, nothing where it does not."""
        slower = sum(each.exceeds(threshold) for each in self.ours)
        broken = sum(not is_pytorch(each) for each in self.broken)
        found = []
        if slower:
            found.append(f"{slower} got slower by more than {100 * threshold:g} %")
        if broken:
            found.append(f"{broken} became an error")
        return found


def compare(rounds: Sequence[Round]) -> Comparison:
    """Compare what each round measured before and after. Raises ValueError if nothing is in both.

    A row counts as measured if every round measured it.
    """
    before, after = (_merge([each[side] for each in rounds]) for side in (0, 1))
    both = [key for key in before if key in after]
    if not both:
        raise ValueError("no row is in both; expected two runs of the same suites and device")
    bad_before, bad_after = (
        {key for key in both if _problem(side[key])} for side in (before, after)
    )
    good = [key for key in both if key not in bad_before | bad_after]
    changes = [verdict.compare(list(zip(before[k], after[k], strict=True))) for k in good]
    return Comparison(
        sorted(changes, key=lambda each: -each.ratio),
        broken=[_problem(after[key]) for key in both if key in bad_after - bad_before],
        repaired=[after[key][0] for key in both if key in bad_before - bad_after],
        only_before=[before[key][0] for key in before if key not in after],
        only_after=[after[key][0] for key in after if key not in before],
        environment=_differences(*(each.environment for each in rounds[0])),
    )


def _merge(runs: Sequence[Results]) -> dict[tuple[str, ...], list[Row]]:
    """Return the rows that every run has, by key, one of each run."""
    by_key = [{_key(row): row for row in each.rows} for each in runs]
    return {
        key: [rows[key] for rows in by_key]
        for key in by_key[0]
        if all(key in rows for rows in by_key)
    }


def _key(row: Row) -> tuple[str, ...]:
    """Return a row's key; of PyTorch's, which are of the faster layout, whichever it was."""
    return replace(row, layout="").key if is_pytorch(row) else row.key


def _problem(rows: Sequence[Row]) -> Row | None:
    """Return the first of a row's rounds that has no time."""
    return next((each for each in rows if not is_measured(each)), None)


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, tuple[str, str]]:
    names = [name for name in {**before, **after} if name.lower() not in NO_DIFFERENCE]
    pairs = {name: (before.get(name, "none"), after.get(name, "none")) for name in names}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}
