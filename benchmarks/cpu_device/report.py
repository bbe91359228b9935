"""The results as a table on the terminal, as Markdown and as JSON."""

import json
from collections.abc import Mapping, Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from crosscheck.benchmarks.cpu_device.case import Case
from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.benchmarks.cpu_device.result import Result, summary

TITLE = "The CPU device against numba's simulator and against plain parallel loops"
COLUMNS = (
    "kernel",
    "threads wait at",
    "simulator ms",
    "device ms",
    "speedup",
    "plain loop ms",
    "device ms",
    "slowdown",
)
NOTE = "Left: small problems, and numba's simulator. Right: large ones, and @njit(parallel=True)."


def _row(result: Result) -> tuple[str, ...]:
    case: Case = CASES[result.name]
    if result.simulator is None:
        simulator, speedup = case.simulator_limitation, ""
    else:
        simulator, speedup = f"{result.simulator * 1e3:,.0f}", f"{result.speedup:,.0f}"
    return (
        result.name,
        result.waits,
        simulator,
        f"{result.device_small * 1e3:.3f}",
        speedup,
        f"{result.loop * 1e3:.2f}",
        f"{result.device_large * 1e3:.2f}",
        f"{result.slowdown:.1f}",
    )


def _lines(results: Sequence[Result], waiting: Mapping[str, float]) -> list[str]:
    """Return the geometric means and the costs of waiting, a line each."""
    means = [f"{what}: {value:,.1f}" for what, value in summary(results).items() if value == value]
    costs = [f"{what}: {value:.1f} ns per thread" for what, value in waiting.items()]
    return [*(f"geometric mean, {line}" for line in means), *costs]


def show(
    console: Console,
    facts: Mapping[str, str],
    results: Sequence[Result],
    waiting: Mapping[str, float],
) -> None:
    """Print the table, the geometric means, the costs of waiting, and the machine."""
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
    """Return the same as Markdown."""
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
    """Return the same as JSON: times in milliseconds, null where there is none."""
    kernels = [
        {
            "kernel": result.name,
            "waits": result.waits,
            "simulator_ms": _milliseconds(result.simulator),
            "simulator_limitation": CASES[result.name].simulator_limitation,
            "device_small_ms": _milliseconds(result.device_small),
            "speedup": result.speedup,
            "loop_ms": _milliseconds(result.loop),
            "device_large_ms": _milliseconds(result.device_large),
            "slowdown": result.slowdown,
        }
        for result in results
    ]
    means = {what: value if value == value else None for what, value in summary(results).items()}
    content = {
        "machine": dict(facts),
        "kernels": kernels,
        "geometric_means": means,
        "nanoseconds_per_thread": dict(waiting),
    }
    return json.dumps(content, indent=2) + "\n"


def _milliseconds(seconds: float | None) -> float | None:
    return None if seconds is None else seconds * 1e3
