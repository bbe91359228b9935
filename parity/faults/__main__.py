"""`python -m crosscheck.parity.faults`: plant every fault; show which case of "quick" catches it.

Exit status 1 if a fault is not caught.
"""

import sys

from rich.console import Console
from rich.progress import track
from rich.table import Table

from crosscheck.parity.faults.catch import catch
from crosscheck.parity.operators import FAULTS


def main() -> int:
    """Print a table of all faults; return the exit status."""
    table = Table("planted in", "fault", "caught by", box=None, padding=(0, 2, 0, 0))
    missed = 0
    for fault in track(FAULTS, "planting faults", console=Console(stderr=True)):
        found = catch(fault)
        missed += found is None
        caught = f"{found.case}, {found.direction}" if found else "[red]nothing[/red]"
        table.add_row(fault.module.removeprefix("crosscheck.kernels."), fault.what, caught)
    console = Console()
    console.print(table)
    console.print(f"{len(FAULTS) - missed} of {len(FAULTS)} planted faults caught.")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
