"""What the command says and writes when all cases have run."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console

from crosscheck.parity.report import files, json, junit, referee, table
from crosscheck.parity.result import Result


@dataclass(frozen=True)
class Reports:
    """The files that are asked for; None: not this one."""

    json: Path | None = None
    html: Path | None = None
    junit: Path | None = None

    @property
    def any(self) -> bool:
        """Whether one is."""
        return bool(self.json or self.html or self.junit)


def show(
    console: Console, results: Sequence[Result], facts: Mapping[str, str], is_of_torch: bool
) -> None:
    """Print the table, and the failures or, of PyTorch itself, what the referee says."""
    if is_of_torch:
        table.show(console, results, failures_shown=0)
        table.conclude(console, results)
        referee.conclude(console, results, facts)
    else:
        table.show(console, results)
        table.conclude(console, results)


def write(
    console: Console,
    reports: Reports,
    results: Sequence[Result],
    facts: Mapping[str, str],
    pictured: str,
) -> None:
    """Write the files. `pictured`: the device whose pictures the page shows, "" for none."""
    if reports.json:
        files.write(reports.json, json.render(results, facts))
        console.print(f"Results: {reports.json}")
    if reports.html:
        from crosscheck.parity.report import html  # with matplotlib: a second, where it is needed

        pictures, why = _pictures(pictured) if pictured else ([], "")
        files.write(reports.html, html.render(results, facts, pictures, why))
        console.print(f"Report: {reports.html}")
    if reports.junit:
        files.write(reports.junit, junit.render(results, facts))
        console.print(f"JUnit: {reports.junit}")


def _pictures(device: str) -> tuple[list, str]:
    """Return the pictures, or why there are none: a broken kernel must not cost the report."""
    from crosscheck.parity import pictures

    try:
        return pictures.make(device), ""
    except Exception as error:
        return [], f"{type(error).__name__}: {error}"
