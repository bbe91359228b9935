"""The report of `python -m crosscheck.kernels.inspect --memory`: tables, a picture and JSON."""

import dataclasses
import json
from pathlib import Path

from rich.console import Console

from crosscheck.kernels.cpu.sanitizer.trace import Trace
from crosscheck.kernels.inspect.memory import observe, table
from crosscheck.kernels.inspect.memory.lines import Line, summarise

WIDTH = 140  # columns: on a narrower terminal lines wrap


class NoSuchKernel(LookupError):
    """No kernel's name contains the given part."""


def report(
    console: Console, name: str, dtype: type, picture_file: Path | None, json_file: Path | None
) -> None:
    """Run and report every kernel whose name contains `name`; the picture shows the first.

    Raises NoSuchKernel, and ModuleNotFoundError for a picture without Matplotlib.
    """
    if picture_file:
        from crosscheck.kernels.inspect.memory import picture  # Matplotlib, for this alone
    found: dict[str, list[Line]] = {}
    with console.status("Running the kernels on the CPU device"):
        for kernel, trace in observe.observe(name, dtype):
            if picture_file and not found:
                picture.draw(trace, kernel, picture_file)
            found[kernel] = summarise(trace)
            _show(console, kernel, trace, found[kernel])
    if not found:
        raise NoSuchKernel(name)
    if len(found) > 1:
        console.print(table.totals(found), highlight=False)
    if json_file:
        rows = {kernel: list(map(_as_dict, lines)) for kernel, lines in found.items()}
        json_file.write_text(json.dumps(rows, indent=1) + "\n")


def _show(console: Console, kernel: str, trace: Trace, lines: list[Line]) -> None:
    console.print(f"[bold]{kernel}[/bold]", highlight=False)
    console.print(table.render(lines), highlight=False)
    if trace.lost:
        recorded = f"Only the first {len(trace):,} accesses were recorded"
        console.print(f"{recorded}; {trace.lost:,} more were made.", highlight=False)


def _as_dict(line: Line) -> dict[str, object]:
    derived = ("utilization", "transfers_per_sector", "conflict_factor")
    return dataclasses.asdict(line) | {name: getattr(line, name) for name in derived}
