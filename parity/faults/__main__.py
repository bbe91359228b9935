"""`python -m crosscheck.parity.faults`: plant every fault; show which case of "quick" catches it.

Exit status 1 if a fault is not caught, or no longer fits its kernel's source.
"""

import sys

from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from crosscheck.parity.faults.catch import catch
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators import FAULTS


def main() -> int:
    """Print a table of all faults; return the exit status."""
    table = Table("planted in", "fault", "caught by", box=None, padding=(0, 2, 0, 0))
    missed = 0
    for fault in track(FAULTS, "planting faults", console=Console(stderr=True)):
        caught, by = _caught_by(fault)
        missed += not caught
        module = fault.module.removeprefix("crosscheck.kernels.")
        table.add_row(module, fault.what, Text(by, style="" if caught else "red"))
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    console.print(table)
    console.print(f"{len(FAULTS) - missed} of {len(FAULTS)} planted faults caught.")
    return int(missed > 0)


def _caught_by(fault: Fault) -> tuple[bool, str]:
    """Return whether the fault is caught, and by what, or why not."""
    try:
        result = catch(fault)
    except ValueError as error:  # the source has changed since the fault was written
        return False, str(error)
    return result is not None, f"{result.case}, {result.direction}" if result else "nothing"


if __name__ == "__main__":
    sys.exit(main())
