"""The microscope's table: a row for each array at each source line."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table

from crosscheck.kernels.inspect.memory.lines import Line

_HEADS = (
    "accesses",
    "warp\nrequests",
    "bytes\nasked",
    "bytes\nmoved",
    "used",
    "a sector\nmoves",
    "shared\npasses",
    "bank\nconflicts",
)


def render(lines: Sequence[Line]) -> Table:
    """Return the table; what wastes three quarters of its sectors, or waits for banks, is red."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for head in ("line", "access"):
        table.add_column(head, no_wrap=True, vertical="bottom")
    for head in _HEADS:
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    for line in lines:
        bad = line.conflicts > 1 if line.shared else line.use < 0.25
        table.add_row(line.place, f"{line.kind} {line.array}", *_cells(line), style=_style(bad))
    return table


def totals(found: Mapping[str, Sequence[Line]]) -> Table:
    """Return a table with a row for each kernel: its lines added up."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    table.add_column("kernel", no_wrap=True, vertical="bottom")
    for head in ("bytes\nasked", "bytes\nmoved", "used", "shared\npasses", "bank\nconflicts"):
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    for kernel, lines in found.items():
        asked, moved = sum(line.asked for line in lines), sum(line.moved for line in lines)
        passes = sum(line.passes for line in lines)
        least = sum(line.least for line in lines if line.shared)
        shared = [f"{passes:,}", f"{passes / least:.2f} x"] if least else ["-", "-"]
        used = f"{asked / moved:.0%}" if moved else "-"
        table.add_row(kernel, f"{asked:,}", f"{moved:,}", used, *shared)
    return table


def _style(bad: bool) -> str | None:
    return "red" if bad else None


def _cells(line: Line) -> list[str]:
    counts = [f"{line.accesses:,}", f"{line.requests:,}"]
    if line.shared:
        return [*counts, "-", "-", "-", "-", f"{line.passes:,}", f"{line.conflicts:.2f} x"]
    moved = [f"{line.asked:,}", f"{line.moved:,}", f"{line.use:.0%}", f"{line.reuse:.1f} x"]
    return [*counts, *moved, "-", "-"]
