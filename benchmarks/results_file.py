"""A run's results as a file: JSON, one file a run, written as it goes."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosscheck.benchmarks.row import Row
from crosscheck.parity.report import files

FORMAT = 1
NAME = "results.json"  # of the file in a run's folder


@dataclass
class Results:
    """A run of the benchmarks.

    environment   GPU, driver, versions, commit, date and command, by name
    ceilings      the rates of this machine, measured in the same run, per second: "copy" (bytes),
                  "FFMA" and others (operations)
    left_out      what there is no row of, a line each: the run had no time for it, or the user's
                  algorithm does not take it
    """

    environment: Mapping[str, str]
    ceilings: dict[str, float] = field(default_factory=dict)
    rows: list[Row] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def write(self, path: Path) -> None:
        """Write the file, whole or not at all. Raises OSError."""
        content: dict[str, Any] = {
            "format": FORMAT,
            "environment": dict(self.environment),
            "ceilings": self.ceilings,
            "rows": [each.as_dict() for each in self.rows],
            "left_out": self.left_out,
        }
        files.write(path, json.dumps(content, indent=1))


def read(path: Path) -> Results:
    """Return the results in a file. Raises ValueError for a file that has none, and OSError."""
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["format"] != FORMAT:
            raise ValueError(f"format is {content['format']!r}; expected {FORMAT}")
        rows: Sequence[Row] = [Row(**each) for each in content["rows"]]
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: no results of `crosscheck bench run`: {error}") from None
    return Results(content["environment"], content["ceilings"], list(rows), content["left_out"])
