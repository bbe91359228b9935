"""What there is to know of a run: the machine, versions, date and command."""

import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

from crosscheck.parity.report import environment

CUT_DOWN = "cut down for a CPU: they tell nothing about a GPU"
SAME = "device", "commit", "torch", "module"  # where rows of two runs may stand in one file


def describe(device: str, module: Path | None = None) -> dict[str, str]:
    """Return the facts by name, for a run on "cpu" or "cuda" that begins now.

    module   a user's file whose kernels are measured, too
    """
    found = environment.describe(device)
    if device == "cuda":
        import cupy

        found["driver"] = str(cupy.cuda.runtime.driverGetVersion())
    else:
        found["layers"] = CUT_DOWN
    if module is not None:
        found["module"] = f"{module.name} {sha256(module.read_bytes()).hexdigest()[:12]}"
    found["date"] = datetime.now(UTC).isoformat(timespec="seconds")
    found["command"] = " ".join(["crosscheck", *sys.argv[1:]])
    return found


def difference(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """Return why rows of before do not belong to a run now, "" where they do."""
    for name in SAME:
        if before.get(name) != now.get(name):
            return f"{name} is {before.get(name)!r}; expected {now.get(name)!r}, or another folder"
    return ""
