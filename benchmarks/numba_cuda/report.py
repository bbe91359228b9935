"""The outcomes as a table on the terminal, as Markdown and as JSON."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks.numba_cuda.reasons import GROUPS
from crosscheck.benchmarks.numba_cuda.result import FAILED, PASSED, SKIPPED, Result

TITLE = "numba-cuda's own tests on the CPU device"
COLUMNS = ("file", PASSED, FAILED, SKIPPED, "reasons for failures")


def _row(result: Result) -> tuple[str, ...]:
    numbers = (str(result.counts[kind] or "") for kind in (PASSED, FAILED, SKIPPED))
    reasons = (f"{why}: {count}" for why, count in result.groups.most_common())
    return (result.file, *numbers, "; ".join(reasons))


def _totals(results: Sequence[Result]) -> tuple[Counter, Counter]:
    """Return the number of tests of each outcome, and of failures in each group."""
    counts: Counter = Counter()
    groups: Counter = Counter()
    for result in results:
        counts.update(result.counts)
        groups.update(result.groups)
    return counts, groups


def _lines(results: Sequence[Result]) -> list[str]:
    """Return the totals, a line each."""
    counts, groups = _totals(results)
    lines = [f"{counts[PASSED]} passed, {counts[FAILED]} failed, {counts[SKIPPED]} skipped"]
    return lines + [f"{why}: {groups[why]}" for why in GROUPS if groups[why]]


def show(console: Console, facts: Mapping[str, str], results: Sequence[Result]) -> None:
    """Print the table, the totals and the machine."""
    table = Table(title=TITLE, box=box.SIMPLE_HEAD)
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="right" if number in (1, 2, 3) else "left")
    for result in results:
        table.add_row(*_row(result))
    console.print(table)
    for line in _lines(results):
        console.print(f"  {line}", highlight=False)
    for what, fact in facts.items():
        console.print(f"  {what}: {fact}", style="dim", highlight=False)


def markdown(facts: Mapping[str, str], results: Sequence[Result]) -> str:
    """Return the same as Markdown."""
    table = [f"| {' | '.join(row)} |" for row in (COLUMNS, *map(_row, results))]
    table.insert(1, "| :-- | --: | --: | --: | :-- |")
    first, *rest = _lines(results)
    items = [f"- {line}" for line in rest]
    machine = [f"- {what}: {fact}" for what, fact in facts.items()]
    repeat = "`python -m crosscheck.benchmarks numba-cuda-tests` repeats it."
    head = [f"# {TITLE}", "", f"{first}. {repeat}", "", "Reasons for failures:", ""]
    parts = [head, items, [""], table, [""], machine]
    return "\n".join(line for part in parts for line in part) + "\n"


def as_json(facts: Mapping[str, str], results: Sequence[Result]) -> str:
    """Return the same as JSON, with the first line of each failure's message."""
    counts, groups = _totals(results)
    files = [
        {
            "file": result.file,
            **result.counts,
            "seconds": round(result.seconds, 1),
            "failures": [
                {
                    "test": failure.test,
                    "group": failure.group,
                    "message": _first_line(failure.message),
                }
                for failure in result.failures
            ],
        }
        for result in results
    ]
    whole = {"machine": dict(facts), "totals": counts, "groups": groups, "files": files}
    return json.dumps(whole, indent=1) + "\n"


def _first_line(message: str) -> str:
    return message.strip().splitlines()[0][:200] if message.strip() else ""
