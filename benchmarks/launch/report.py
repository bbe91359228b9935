"""The results as a table on the terminal and as JSON."""

import dataclasses
import json
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks.launch.run import Result

TITLE = "Host time of a warm call on the GPU's path; allocation, compiler and driver do nothing"
NOTE = (
    "Microseconds: the shortest round, and the median. `over an empty launch` is from the call to"
    " its first launch, less what an empty launch takes."
)
COLUMNS = "call", "launches", "over an empty launch", "median", "whole call", "median"


def over_empty(results: Sequence[Result], result: Result) -> float:
    """Return the microseconds from a call to its launch, less those of an empty launch."""
    return result.before - results[0].before


def show(console: Console, facts: Mapping[str, str], results: Sequence[Result]) -> None:
    """Print the table and the machine."""
    table = Table(title=TITLE, caption=NOTE, box=box.SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, justify="left" if column == COLUMNS[0] else "right")
    for each in results:
        numbers = (
            over_empty(results, each),
            each.before_median - results[0].before_median,
            each.whole,
            each.whole_median,
        )
        table.add_row(each.name, str(each.launches), *(f"{number:.1f}" for number in numbers))
    console.print(table)
    console.print(", ".join(f"{name}: {value}" for name, value in facts.items()), soft_wrap=True)


def as_json(facts: Mapping[str, str], results: Sequence[Result]) -> str:
    """Return all numbers as JSON."""
    rows = [
        dataclasses.asdict(each) | {"over_an_empty_launch": over_empty(results, each)}
        for each in results
    ]
    return json.dumps({"environment": dict(facts), "calls": rows}, indent=2)
