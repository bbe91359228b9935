"""The microscope's tables: one of lines, one of kernels."""

from collections.abc import Mapping, Sequence

from rich import box
from rich.table import Table

from crosscheck.kernels.inspect.memory.lines import Line

_LINE_HEADS = (
    "accesses",
    "warp\nrequests",
    "bytes\nrequested",
    "bytes\nmoved",
    "used",
    "transfers\nper sector",
    "shared\npasses",
    "conflict\nfactor",
)
_TOTAL_HEADS = ("bytes\nrequested", "bytes\nmoved", "used", "shared\npasses", "conflict\nfactor")


def render(lines: Sequence[Line]) -> Table:
    """Return a table with a row for each line.

    Red marks bank conflicts, and lines that use less than a quarter of the bytes they move.
    """
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    for head in ("line", "access"):
        table.add_column(head, no_wrap=True, vertical="bottom")
    for head in _LINE_HEADS:
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    for line in lines:
        bad = line.conflict_factor > 1 if line.shared else line.utilization < 0.25
        table.add_row(
            line.place, f"{line.kind} {line.array}", *_cells(line), style="red" if bad else None
        )
    return table


def totals(found: Mapping[str, Sequence[Line]]) -> Table:
    """Return a table with a row for each kernel, its lines added up."""
    table = Table(box=box.SIMPLE_HEAD, padding=(0, 1), header_style="bold")
    table.add_column("kernel", no_wrap=True, vertical="bottom")
    for head in _TOTAL_HEADS:
        table.add_column(head, justify="right", no_wrap=True, vertical="bottom")
    for kernel, lines in found.items():
        requested = sum(line.bytes_requested for line in lines)
        moved = sum(line.bytes_moved for line in lines)
        used = f"{requested / moved:.0%}" if moved else "-"
        passes = sum(line.passes for line in lines)
        conflict_free = sum(line.conflict_free_passes for line in lines)
        shared = [f"{passes:,}", f"{passes / conflict_free:.2f} x"] if passes else ["-", "-"]
        table.add_row(kernel, f"{requested:,}", f"{moved:,}", used, *shared)
    return table


def _cells(line: Line) -> list[str]:
    counts = [f"{line.accesses:,}", f"{line.requests:,}"]
    if line.shared:
        passes = [f"{line.passes:,}", f"{line.conflict_factor:.2f} x"]
        return [*counts, "-", "-", "-", "-", *passes]
    volume = [f"{line.bytes_requested:,}", f"{line.bytes_moved:,}", f"{line.utilization:.0%}"]
    return [*counts, *volume, f"{line.transfers_per_sector:.1f} x", "-", "-"]
