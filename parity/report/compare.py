"""Two runs, as --json wrote them: what fails now, what is gone, and which errors grew."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import typer
from rich.console import Console
from rich.text import Text

from crosscheck.parity.report import terminal

HELP = "Run nothing: say how two files of --json differ, OLD and NEW."
IDENTITY = ("op", "direction", "algorithm", "dtype", "suite", "case")  # not the device
GROWTH = 2.0  # an error that grew by no more is not listed
SHARE_THAT_COUNTS = 0.01  # of the bound: what uses less of it may grow unnoticed
LISTED = 50

Case = Mapping[str, Any]


@dataclass(frozen=True)
class Comparison:
    """Results of two runs, matched by IDENTITY.

    failing      fail, and did not before, or were not there
    passing      failed, and pass
    gone         are not there any more, or are unsupported and were not
    new          were not there
    grown        pass in both, and the error or its share of the bound grew beyond GROWTH: old, new.
                 An error that grew with its bound has the same share: look at what widened it
    """

    failing: Sequence[Case]
    passing: Sequence[Case]
    gone: Sequence[Case]
    new: Sequence[Case]
    grown: Sequence[tuple[Case, Case]]

    @property
    def is_worse(self) -> bool:
        """Return whether anything newly fails or is gone."""
        return bool(self.failing or self.gone)


def read(path: Path) -> list[Case]:
    """Return the cases of a file. Raises ValueError for a file of anything else, and OSError."""
    try:
        cases = json.loads(path.read_text(encoding="utf-8"))["cases"]
        for each in cases:
            _identity(each), each["ok"], each["error"], each["share"], each["unsupported"]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: no results of `crosscheck parity --json`: {error!r}") from None
    return cases


def compare(old: Sequence[Case], new: Sequence[Case]) -> Comparison:
    """Match the results of two runs, and say how they differ."""
    before = {_identity(each): each for each in old}
    after = {_identity(each): each for each in new}
    both = [(before[key], each) for key, each in after.items() if key in before]
    added = [each for key, each in after.items() if key not in before]
    return Comparison(
        failing=[b for a, b in both if a["ok"] and not b["ok"]]
        + [each for each in added if not each["ok"]],
        passing=[b for a, b in both if not a["ok"] and b["ok"] and not b["unsupported"]],
        gone=[each for key, each in before.items() if key not in after]
        + [b for a, b in both if b["unsupported"] and not a["unsupported"]],
        new=[each for each in added if each["ok"]],
        grown=[pair for pair in both if _has_grown(*pair)],
    )


def _identity(case: Case) -> tuple[str, ...]:
    return tuple(case[name] for name in IDENTITY)


def _has_grown(old: Case, new: Case) -> bool:
    if not (old["ok"] and new["ok"]) or new["share"] < SHARE_THAT_COUNTS:
        return False
    return any(new[name] > GROWTH * old[name] for name in ("error", "share"))


def show(console: Console, found: Comparison) -> None:
    """Print what differs, and the verdict."""
    lists = (
        ("newly failing", found.failing, "red"),
        ("newly passing", found.passing, "green"),
        ("gone", found.gone, "red"),
        ("new", found.new, ""),
    )
    for what, cases, style in lists:
        lines = [" ".join(_identity(each)) for each in cases]
        repro = [each.get("repro", "") if what == "newly failing" else "" for each in cases]
        _list(console, what, list(zip(lines, repro, strict=True)), style)
    grown = [
        (
            f"{' '.join(_identity(b))}: error {a['error']:.2e} -> {b['error']:.2e},"
            f" share {a['share']:.1%} -> {b['share']:.1%}",
            "",
        )
        for a, b in found.grown
    ]
    _list(console, f"with an error that grew more than {GROWTH:g} times", grown, "yellow")
    if found.is_worse:
        failing, gone = len(found.failing), len(found.gone)
        console.print(Text(f"WORSE: {failing:,} newly fail, {gone:,} are gone.", style="bold red"))
    else:
        console.print(Text("Nothing newly fails, and nothing is gone.", style="bold green"))


def _list(console: Console, what: str, lines: Sequence[tuple[str, str]], style: str) -> None:
    if lines:
        console.print(Text(f"{len(lines):,} {what}:", style=style))
    for line, repro in lines[:LISTED]:
        console.print(Text(f"  {line}"), soft_wrap=True)
        if repro:
            console.print(Text(f"    {repro}"), soft_wrap=True)
    if len(lines) > LISTED:
        console.print(f"  ... and {len(lines) - LISTED:,} more")


def command(files: tuple[Path, Path] | None) -> None:
    """Where there are two files, compare them, print, and exit: with 1 where it got worse."""
    if files is None:
        return
    console = terminal.console()
    try:
        found = compare(*map(read, files))
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error)) from None
    show(console, found)
    raise typer.Exit(1 if found.is_worse else 0)
