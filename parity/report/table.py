"""The report on the terminal: a table, the counts of each suite, and the failures."""

from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from crosscheck.parity.report import summary
from crosscheck.parity.result import Result

FAILURES_SHOWN = 10


def show(console: Console, results: Sequence[Result], failures_shown: int = FAILURES_SHOWN) -> None:
    """Print the table, the counts per suite and the first failures."""
    rows = summary.by_kernel(results)
    console.print(_kernels(rows))
    for row in summary.by_suite(results):
        console.print(f"  {row.key[0]:<10}{counts(row)}", highlight=False)
    for note in summary.notes(results):
        console.print(f"  {note}", highlight=False, soft_wrap=True)
    for failure in summary.failures(results)[:failures_shown]:
        _failure(console, failure)
    left_out = len(summary.failures(results)) - failures_shown
    if left_out > 0 and failures_shown:
        console.print(f"\n... and {left_out} more failures; --json lists all.")


def conclude(console: Console, results: Sequence[Result]) -> None:
    """Print the verdict of a complete run."""
    total = summary.total(results)
    style = "bold red" if total.failed else "bold green"
    console.print(f"\n{verdict(total)}", style=style, highlight=False)


def verdict(total: summary.Row) -> str:
    """Return the verdict as one line."""
    if total.failed:
        return f"FAILED: {total.failed:,} of {total.cases:,} cases."
    extra = f", {total.unsupported:,} unsupported" if total.unsupported else ""
    return f"All {total.passed:,} cases passed{extra}; largest share of the bound {share(total)}."


def counts(row: summary.Row) -> str:
    """Return how many cases of a row passed, failed and were unsupported, and the seconds."""
    text = f"{row.passed:,} passed, {row.failed:,} failed"
    if row.unsupported:
        text += f", {row.unsupported:,} unsupported"
    return f"{text}, {row.seconds:.1f} s"


def share(row: summary.Row) -> str:
    """Return the largest share of the bound as a percentage: above 100 % a case fails."""
    if not row.has_errors:
        return ""
    if row.share == float("inf"):
        return "infinite"
    if 0 < row.share < 0.001:
        return "< 0.1 %"
    return f"{100 * row.share:,.1f} %" if row.share < 1000 else f"{100 * row.share:.0e} %"


def relative(row: summary.Row) -> str:
    """Return our largest error as a multiple of PyTorch's, "-" where PyTorch's is 0."""
    if not row.has_errors:
        return ""
    if row.exact:
        return "exact"
    if row.relative is None:
        return "-"
    return f"{row.relative:.2f} x" if row.relative < 1000 else f"{row.relative:.0e} x"


def _kernels(rows: Sequence[summary.Row]) -> Table:
    table = Table(box=box.SIMPLE_HEAD, padding=0, header_style="bold")
    for name in ("operator", "direction", "algorithm", "dtype"):
        table.add_column(name, no_wrap=True)
    unsupported = any(row.unsupported for row in rows)
    heads = ["cases", "unsupp.", "share of\nbound", "error /\nPyTorch's", "seconds"]
    for name in heads if unsupported else [h for h in heads if h != "unsupp."]:
        table.add_column(name, justify="right", no_wrap=True, vertical="bottom")
    previous = ""
    for row in rows:
        if previous and row.key[0] != previous:
            table.add_section()
        previous = row.key[0]
        cells = [*row.key, f"{row.cases:,}"]
        cells += [f"{row.unsupported:,}" if row.unsupported else ""] if unsupported else []
        cells += [share(row), relative(row), f"{row.seconds:.2f}"]
        table.add_row(*cells, style="red" if row.failed else None)
    return table


def _failure(console: Console, result: Result) -> None:
    name = f"{result.op} {result.direction} {result.algorithm} {result.dtype}"
    console.print(Text(f"\n{name}, {result.suite}: {result.case}", style="red"), soft_wrap=True)
    for line in (result.message, result.repro):
        console.print(Text(f"  {line}"), soft_wrap=True)
