"""The results as tables on the terminal, and the means of whole networks."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.row import OURS, Row
from crosscheck.benchmarks.rows import geometric_mean, is_measured, is_pytorch

COLUMNS = ("layer", "times", "by", "layout", "µs", "95 %", "host µs", "of roofline", "x torch")
LEFT = ("layer", "by", "layout")
NOTE = "x torch: how many times as fast as PyTorch's best row in the same precision"
ROUNDED = "torch-tf32"  # its precision is not that of the others


def show(console: Console, results: Results) -> None:
    """Print a table for each suite and direction, the means, and what was left out."""
    for (suite, direction), rows in _grouped(results.rows):
        console.print(_table(f"{suite}, {direction}", rows))
    means = weighted_means(results.rows)
    if means:
        table = Table("suite", "direction", "by", box=box.SIMPLE_HEAD)
        table.title = "Geometric means over the layers, as often as the network has each"
        table.add_column("layers", justify="right")
        table.add_column("x torch", justify="right")
        for (suite, direction, who), (mean, layers) in means.items():
            table.add_row(suite, direction, who, str(layers), f"{mean:.2f}")
        console.print(table)
    rates = ", ".join(f"{name} {rate / 1e9:,.0f} G/s" for name, rate in results.ceilings.items())
    console.print(f"This machine, in the same run: {rates}", highlight=False)
    for line in results.left_out:
        console.print(f"Left out: {line}", highlight=False, soft_wrap=True)
    facts = (f"{name}: {value}" for name, value in results.environment.items())
    console.print(", ".join(facts), highlight=False, soft_wrap=True)


def _grouped(rows: Iterable[Row]) -> Iterable[tuple[tuple[str, str], list[Row]]]:
    def key(row: Row) -> tuple[str, str]:
        return row.suite, row.direction

    for found, some in groupby(sorted(rows, key=key), key=key):
        yield found, list(some)


def _table(title: str, rows: Sequence[Row]) -> Table:
    table = Table(title=title, caption=NOTE, box=box.SIMPLE_HEAD)
    for column in COLUMNS:
        table.add_column(column, justify="left" if column in LEFT else "right")
    best = best_of_torch(rows)
    for layer, some in groupby(sorted(rows, key=lambda row: row.layer), key=lambda row: row.layer):
        for row in sorted(some, key=lambda row: (not is_measured(row), row.microseconds)):
            start = (layer, str(row.count), f"{row.subject} {row.algorithm}".strip(), row.layout)
            if not is_measured(row):
                table.add_row(*start, Text(row.problem or row.note, "red" if row.problem else ""))
                continue
            torch = best.get(_place(row), 0.0)
            table.add_row(
                *start,
                f"{row.microseconds:,.1f}",
                f"{row.low:,.1f} to {row.high:,.1f}",
                f"{row.host_microseconds:,.1f}",
                (f"{row.share:.1%}" if row.share else "")
                + (f" ({row.throttled})" if row.throttled else ""),
                f"{torch / row.microseconds:.2f}" if torch else "",
            )
        table.add_section()
    return table


def best_of_torch(rows: Iterable[Row]) -> dict[tuple[str, ...], float]:
    """Return the microseconds of PyTorch's fastest row in the same precision, by layer."""
    best: dict[tuple[str, ...], float] = {}
    for row in rows:
        if is_pytorch(row) and is_measured(row) and row.subject != ROUNDED:
            place = _place(row)
            best[place] = min(row.microseconds, best.get(place, row.microseconds))
    return best


def weighted_means(
    rows: Sequence[Row],
) -> Mapping[tuple[str, str, str], tuple[float, int]]:
    """Return (mean, layers) of how many times as fast as PyTorch ours and the module's are.

    By suite, direction and algorithm, over the layers that it takes; and for the fastest of ours,
    over all layers. The mean is geometric, each layer weighted by its count.
    """
    best, ratios = best_of_torch(rows), {}
    fastest: dict[tuple[str, ...], Row] = {}
    for row in rows:
        if is_pytorch(row) or not is_measured(row) or _place(row) not in best:
            continue
        ratio = best[_place(row)] / row.microseconds
        named = row.subject if row.subject != OURS or not row.algorithm else ""
        whose = f"{named} {row.algorithm}".strip()
        ratios.setdefault((row.suite, row.direction, f"{whose} {row.layout}"), []).append(
            (row.count, ratio)
        )
        if row.subject != OURS:
            continue
        before = fastest.get(_place(row))
        if before is None or row.microseconds < before.microseconds:
            fastest[_place(row)] = row
    for place, row in fastest.items():
        key = row.suite, row.direction, "the fastest of each layer"
        ratios.setdefault(key, []).append((row.count, best[place] / row.microseconds))
    return {
        key: (geometric_mean((r for _, r in found), (n for n, _ in found)), len(found))
        for key, found in sorted(ratios.items())
    }


def _place(row: Row) -> tuple[str, ...]:
    return row.suite, row.layer, row.direction, row.dtype, row.device
