"""The run as one self-contained HTML file: pictures are inside it, and it has no script."""

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader

from crosscheck.benchmarks.report.layers import Group, group, is_of_a_cpu, lost
from crosscheck.benchmarks.report.picture import Picture
from crosscheck.benchmarks.report.side_by_side import Pair
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import OURS, TORCH
from crosscheck.benchmarks.rows import is_measured, rate_of

LOST_SHOWN = 20


@dataclass(frozen=True)
class Line:
    """A suite in one direction by one subject: its network's time, and PyTorch's for the same."""

    suite: str
    direction: str
    dtype: str
    subject: str
    layers: int
    time: float
    theirs: float

    @property
    def speed(self) -> float:
        """How many times as fast as PyTorch."""
        return self.theirs / self.time


def render(
    results: Results,
    pairs: Sequence[Pair],
    sections: Mapping[str, Sequence[Picture]],
    pictures_missing: str = "",
) -> str:
    """Return the page.

    pairs: what was predicted, too; sections: pictures below their heading; pictures_missing: why
    there are none, "" if there are
    """
    templates = Environment(
        loader=PackageLoader("crosscheck.benchmarks"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["data_uri"] = _data_uri
    groups = group(results.rows)
    slower = lost(groups)
    measured = [row for row in results.rows if is_measured(row)]
    return templates.get_template("report.html.j2").render(
        title=title(results),
        cpu=is_of_a_cpu(results.rows),
        environment=results.environment,
        ceilings={name: rate_of(name, rate) for name, rate in results.ceilings.items()},
        summary=list(summary(groups)),
        lost=slower[:LOST_SHOWN],
        lost_left_out=len(slower[LOST_SHOWN:]),
        sections=sections,
        pictures_missing=pictures_missing,
        pairs=pairs,
        problems=[row for row in results.rows if not (is_measured(row) or row.note)],
        notes=[row for row in results.rows if row.note],
        throttled=[row for row in measured if row.throttled],
        left_out=results.left_out,
        rows=measured,
    )


def title(results: Results) -> str:
    """Return the page's title, which says it where no GPU was measured."""
    device = results.environment.get("device", "an unnamed device")
    if is_of_a_cpu(results.rows):
        return f"Crosscheck benchmarks on a CPU, which tell nothing about a GPU: {device}"
    return f"Crosscheck benchmarks: {device}"


def summary(groups: Sequence[Group]) -> Iterator[Line]:
    """Yield a line for each suite, direction, dtype and subject, ours first."""
    for each in groups:
        names = dict.fromkeys(name for layer in each.layers for name in layer.by)
        for name in sorted(names, key=lambda name: name != OURS):
            total = each.total(name)
            if name != TORCH and total:
                time, theirs, layers = total
                yield Line(each.suite, each.direction, each.dtype, name, layers, time, theirs)


def _data_uri(png: bytes) -> str:
    return "data:image/png;base64," + base64.b64encode(png).decode()
