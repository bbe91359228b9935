"""Two runs compared, on the terminal."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crosscheck.benchmarks.compare.results import Comparison
from crosscheck.benchmarks.compare.verdict import FASTER, SAME, SLOWER, Change
from crosscheck.benchmarks.row import Row
from crosscheck.benchmarks.rows import geometric_mean

STYLES = {SLOWER: "red", FASTER: "green", SAME: None}
HEADS = "before, us", "after, us", "ratio", "interval, 95 %"
LISTED = 20  # rows of one run only


def show(console: Console, found: Comparison, threshold: float) -> None:
    """Print every row, the slowest first; what is in the way of comparing; and the verdict."""
    _environment(console, found)
    console.print(_rows(found.changes))
    _list(console, "became an error", found.broken, "red")
    _list(console, "no error any more", found.repaired, "green")
    _list(console, "only before", found.only_before)
    _list(console, "only after", found.only_after)
    if found.control is not None:
        console.print(
            f"PyTorch's rows, which no change here can change: {found.control:.3f} x in the"
            " geometric mean. What differs from 1 is the machine's doing.",
            soft_wrap=True,
        )
    ours = found.ours
    counts = {each: sum(c.verdict == each for c in ours) for each in (SLOWER, FASTER, SAME)}
    mean = geometric_mean(each.ratio for each in ours)
    text = ", ".join(f"{number} {name}" for name, number in counts.items())
    console.print(f"Ours: {text}" + (f"; {mean:.3f} x in the geometric mean" if mean else ""))
    failures = found.failures(threshold)
    if failures:
        console.print(Text(f"WORSE: {', '.join(failures)}.", style="bold red"))
    else:
        console.print(
            Text(f"Nothing got slower by more than {100 * threshold:g} %.", style="bold green")
        )


def _environment(console: Console, found: Comparison) -> None:
    if found.other_machine:
        what = " and ".join(found.other_machine)
        console.print(
            Text(f"Not the same {what}: the ratios compare machines, not code.", style="bold red")
        )
    for name, (before, after) in found.environment.items():
        console.print(f"  {name}: {before} -> {after}", soft_wrap=True, markup=False)


def _rows(changes: Sequence[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for name in ("suite", "layer", "direction", "by"):
        table.add_column(name, vertical="bottom")
    for name in HEADS:
        table.add_column(name, justify="right", no_wrap=True, vertical="bottom")
    table.add_column("verdict", vertical="bottom")
    for each in changes:
        row = each.after
        numbers = (
            f"{each.before.microseconds:,.1f}",
            f"{row.microseconds:,.1f}",
            f"{each.ratio:.3f}",
            f"{each.low:.3f} .. {each.high:.3f}",
        )
        cells = row.suite, _layer(row), row.direction, _by(row), *numbers
        table.add_row(*map(Text, cells), _verdict(each), style=STYLES[each.verdict])
    return table


def _verdict(change: Change) -> str:
    notes = [change.verdict]
    if change.few:
        notes.append("too few samples to tell")
    for name, row in (("before", change.before), ("after", change.after)):
        if row.throttled:
            notes.append(f"throttled {name}: {row.throttled}")
    return "; ".join(notes)


def _layer(row: Row) -> str:
    return row.layer if row.op == "conv2d" else f"{row.layer} ({row.op})"


def _by(row: Row) -> str:
    return " ".join(filter(None, (row.subject, row.algorithm, row.dtype, row.layout)))


def _list(console: Console, what: str, rows: Sequence[Row], style: str = "") -> None:
    if rows:
        console.print(Text(f"{len(rows)} {what}:", style=style))
    for row in rows[:LISTED]:
        line = f"  {row.suite}: {_layer(row)}, {row.direction}, {_by(row)}, {row.device}"
        console.print(Text(line + (f": {row.problem}" if row.problem else "")), soft_wrap=True)
    if len(rows) > LISTED:
        console.print(f"  ... and {len(rows) - LISTED} more")
