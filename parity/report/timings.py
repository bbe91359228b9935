"""What of PyTorch is slower than half its roofline, by a file that `crosscheck bench run` wrote.

The benchmarks use parity, so parity cannot import them: it reads their file. A roofline is the
least time in which the machine that was measured computes a layer's products, or moves its arrays.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

HELP = (
    "With --subject torch: results.json of `crosscheck bench run`, or its folder. Name what takes"
    " PyTorch more than twice the time of its roofline."
)
NAME, FORMAT = "results.json", 1
SUBJECT = "torch"  # as it is refereed, in IEEE float32: not its columns with other switches
SLOW = 0.5  # of the roofline
NAMED = ("suite", "layer", "op", "direction", "dtype", "layout", "device", "bound")
SAME = ("torch", "device")  # of the environment: what the run of parity has, too


@dataclass(frozen=True)
class Timings:
    """PyTorch's rows of a file that have a roofline; `environment`: where and when."""

    path: Path
    environment: Mapping[str, str]
    rows: Sequence[Mapping[str, Any]]

    def of(self, op: str | None, dtype: str | None) -> list[Mapping[str, Any]]:
        """Return the rows of an operator and a dtype, None: of any; the slowest first."""
        found = [
            each
            for each in self.rows
            if op in (None, each["op"]) and dtype in (None, each["dtype"])
        ]
        return sorted(found, key=lambda row: row["share"])


def read(path: Path) -> Timings:
    """Return PyTorch's times in a file, or in the file of a folder.

    Raises ValueError for a file of anything else, and where no row has a roofline; and OSError.
    """
    path = path / NAME if path.is_dir() else path
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format is {content['format']!r}; expected {FORMAT}")
        environment = {name: str(each) for name, each in content["environment"].items()}
        rows = [row for row in content["rows"] if row["subject"] == SUBJECT and row["share"] > 0]
        for row in rows:
            float(row["microseconds"]), "".join(row[name] for name in NAMED)  # they are there
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: no results of `crosscheck bench run`: {error!r}") from None
    if not rows:
        raise ValueError(f"{path}: it has no times of {SUBJECT}; expected a run with that column")
    return Timings(path, environment, rows)


def readable(path: Path | None) -> Timings | None:
    """Return what is in the file, or raise typer.BadParameter: for an option."""
    if path is None:
        return None
    try:
        return read(path)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--timings") from None


def conclude(
    console: Console,
    timings: Timings,
    facts: Mapping[str, str],
    op: str | None = None,
    dtype: str | None = None,
) -> None:
    """Print a line for each layer and direction that is slow, and one for all of them.

    facts   of the run of parity: what the timings have other than it is said
    """
    rows = timings.of(op, dtype)
    slow = [each for each in rows if each["share"] < SLOW]
    console.print()
    for row in slow:
        console.print(Text(_line(row), style="red"), soft_wrap=True)
    text = f"{len(slow):,} of {len(rows):,} timed calls slower than half their roofline"
    text += f" ({timings.path})"
    console.print(text, style="bold", highlight=False, soft_wrap=True)
    for name in SAME:
        then, now = timings.environment.get(name, "unknown"), facts.get(name, "unknown")
        if then != now:
            text = f"They were timed with another {name}: {then}. Here it is {now}."
            console.print(text, style="yellow", highlight=False, soft_wrap=True)
    if any(row["device"] == "cpu" for row in rows):
        text = "On a CPU the layers are cut down: their times tell nothing about a GPU."
        console.print(text, style="yellow", highlight=False, soft_wrap=True)


def _line(row: Mapping[str, Any]) -> str:
    what = f"{row['op']} {row['direction']} {row['dtype']}: {row['layer']!r} of {row['suite']}"
    took = f"{row['microseconds']:,.1f} µs, {row['share']:.1%} of its roofline ({row['bound']})"
    where = ", on a CPU" if row["device"] == "cpu" else ""
    return f"{what}, {row['layout']}: {took}{where}"
