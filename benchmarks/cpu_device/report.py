"""A run as a table on the terminal, as Markdown and as JSON."""

import json
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks.cpu_device.case import Case
from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.benchmarks.cpu_device.result import Result, summary

TITLE = "The CPU device beside numba's simulator and beside plain parallel loops"
COLUMNS = (
    "kernel",
    "threads wait at",
    "simulator ms",
    "ours ms",
    "times faster",
    "plain loop ms",
    "ours ms",
    "times as long",
)
NOTE = "Left: small problems, with numba's simulator. Right: large ones, with @njit(parallel=True)."


def _row(result: Result) -> tuple[str, ...]:
    case: Case = CASES[result.name]
    if result.simulator is None:
        simulated, times = case.beyond_simulator, ""
    else:
        simulated, times = f"{result.simulator * 1e3:,.0f}", f"{result.times_simulator:,.0f}"
    return (
        result.name,
        result.waits,
        simulated,
        f"{result.small * 1e3:.3f}",
        times,
        f"{result.loop * 1e3:.2f}",
        f"{result.ours * 1e3:.2f}",
        f"{result.times_loop:.1f}",
    )


def _lines(results: Sequence[Result], waiting: Mapping[str, float]) -> list[str]:
    """Return the means and the costs in words."""
    means = [f"{what}: {value:,.1f}" for what, value in summary(results).items() if value == value]
    costs = [f"{what}: {value:.1f} ns a thread" for what, value in waiting.items()]
    return [*(f"geometric mean, {line}" for line in means), *costs]


def show(
    console: Console,
    facts: Mapping[str, str],
    results: Sequence[Result],
    waiting: Mapping[str, float],
) -> None:
    """Print the table, the means, what waiting costs, and the machine."""
    table = Table(title=TITLE, caption=NOTE, box=box.SIMPLE_HEAD)
    for number, column in enumerate(COLUMNS):
        table.add_column(column, justify="left" if number < 2 else "right")
    for result in results:
        table.add_row(*_row(result))
    console.print(table)
    for line in _lines(results, waiting):
        console.print(f"  {line}", highlight=False)
    for what, fact in facts.items():
        console.print(f"  {what}: {fact}", style="dim", highlight=False)


def markdown(
    facts: Mapping[str, str], results: Sequence[Result], waiting: Mapping[str, float]
) -> str:
    """Return the same as a page of Markdown."""
    rule = "| :-- | :-- " + "| --: " * (len(COLUMNS) - 2) + "|"
    rows = [COLUMNS, *(_row(result) for result in results)]
    table = [f"| {' | '.join(row)} |" for row in rows]
    table.insert(1, rule)
    items = [f"- {line}" for line in _lines(results, waiting)]
    machine = [f"- {what}: {fact}" for what, fact in facts.items()]
    parts = [f"# {TITLE}", "`python -m crosscheck.benchmarks cpu-device`", NOTE]
    blocks = ["\n".join(lines) for lines in (table, items, machine)]
    return "\n\n".join([*parts, *blocks]) + "\n"


def as_json(
    facts: Mapping[str, str], results: Sequence[Result], waiting: Mapping[str, float]
) -> str:
    """Return all that was measured; times in milliseconds, null where there is none."""
    kernels = [
        {
            "kernel": result.name,
            "waits": result.waits,
            "simulator_ms": _milliseconds(result.simulator),
            "simulator_cannot": CASES[result.name].beyond_simulator,
            "ours_small_ms": _milliseconds(result.small),
            "times_simulator": result.times_simulator,
            "loop_ms": _milliseconds(result.loop),
            "ours_ms": _milliseconds(result.ours),
            "times_loop": result.times_loop,
        }
        for result in results
    ]
    means = {what: value if value == value else None for what, value in summary(results).items()}
    content = {
        "machine": dict(facts),
        "kernels": kernels,
        "geometric_means": means,
        "nanoseconds_a_thread": dict(waiting),
    }
    return json.dumps(content, indent=2) + "\n"


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3
