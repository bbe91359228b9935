"""A run's rows put together by layer: who computed it how fast."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from crosscheck.benchmarks.row import DIRECTIONS, OURS, TORCH, Row
from crosscheck.benchmarks.rows import is_measured


@dataclass(frozen=True)
class Layer:
    """One layer in one direction and dtype.

    by   the fastest row of each subject, over its algorithms and layouts, by its name
    """

    suite: str
    name: str
    direction: str
    dtype: str
    by: Mapping[str, Row]

    @property
    def count(self) -> int:
        """How often the network has it."""
        return max(row.count for row in self.by.values())

    def speed(self, subject: str = OURS) -> float | None:
        """Return how many times as fast as PyTorch a subject is; None unless both are measured."""
        if subject not in self.by or TORCH not in self.by:
            return None
        return self.by[TORCH].microseconds / self.by[subject].microseconds


@dataclass(frozen=True)
class Group:
    """The layers of a suite in one direction and dtype."""

    suite: str
    direction: str
    dtype: str
    layers: Sequence[Layer]

    def total(self, subject: str) -> tuple[float, float, int] | None:
        """Return the microseconds that the network's layers take by a subject and by PyTorch, each
        as often as the network has it, and how many layers these are: those that both measured.
        """
        both = [each for each in self.layers if each.speed(subject) is not None]
        if not both:
            return None
        theirs, ours = (
            sum(each.count * each.by[name].microseconds for each in both)
            for name in (TORCH, subject)
        )
        return ours, theirs, len(both)


def group(rows: Iterable[Row]) -> list[Group]:
    """Return the measured rows by suite, direction and dtype, and by layer within; in the order of
    the rows, directions in that of DIRECTIONS.
    """
    fastest: dict[tuple[str, ...], dict[str, Row]] = {}
    for row in filter(is_measured, rows):
        by = fastest.setdefault((row.suite, row.direction, row.dtype, row.layer), {})
        if row.subject not in by or row.microseconds < by[row.subject].microseconds:
            by[row.subject] = row
    groups: dict[tuple[str, ...], list[Layer]] = {}
    for (suite, direction, dtype, name), by in fastest.items():
        layer = Layer(suite, name, direction, dtype, by)
        groups.setdefault((suite, direction, dtype), []).append(layer)
    suites = list(dict.fromkeys(suite for suite, _, _ in groups))

    def order(key: tuple[str, ...]) -> tuple[int, str, int]:
        suite, direction, dtype = key
        place = DIRECTIONS.index(direction) if direction in DIRECTIONS else len(DIRECTIONS)
        return suites.index(suite), dtype, place

    return [Group(*key, groups[key]) for key in sorted(groups, key=order)]


def lost(groups: Iterable[Group], subject: str = OURS) -> list[Layer]:
    """Return the layers where a subject is slower than PyTorch, the worst first."""
    slower = [
        (speed, layer)
        for each in groups
        for layer in each.layers
        if (speed := layer.speed(subject)) is not None and speed < 1
    ]
    return [layer for _, layer in sorted(slower, key=lambda pair: pair[0])]


def is_of_a_cpu(rows: Iterable[Row]) -> bool:
    """Return whether no row is of a GPU."""
    return all(row.device == "cpu" for row in rows)
