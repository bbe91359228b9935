"""`python -m crosscheck.parity.faults`: plant every fault; show which case of "quick" catches it.

Exit status 1 if a fault is not caught, or no longer fits its kernel's source, or none is left.
"""

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table
from rich.text import Text

from crosscheck.parity.faults.catch import catch
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators import FAULTS
from crosscheck.parity.report import terminal

Op = StrEnum("Op", {each.op: each.op for each in FAULTS})
app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    op: Annotated[Op | None, typer.Option(help="Faults of this operator only.")] = None,
    what: Annotated[str, typer.Option(help="Those whose line has this text.")] = "",
) -> None:
    """Plant every fault in the kernels, one by one; show which case catches it."""
    faults = [each for each in FAULTS if op in (None, each.op) and what in each.what]
    table = Table("planted in", "fault", "caught by", box=None, padding=(0, 2, 0, 0))
    missed = 0
    for fault in track(faults, "planting faults", console=Console(stderr=True)):
        caught, by = _caught_by(fault)
        missed += not caught
        module = fault.module.removeprefix("crosscheck.kernels.")
        table.add_row(module, fault.what, Text(by, style="" if caught else "red"))
    console = terminal.console(160)
    console.print(table)
    console.print(f"{len(faults) - missed} of {len(faults)} planted faults caught.")
    raise typer.Exit(int(missed > 0 or not faults))


def _caught_by(fault: Fault) -> tuple[bool, str]:
    """Return whether the fault is caught, and by what, or why not."""
    try:
        result = catch(fault)
    except ValueError as error:  # the source has changed since the fault was written
        return False, str(error)
    return result is not None, f"{result.case}, {result.direction}" if result else "nothing"


if __name__ == "__main__":
    app(prog_name="python -m crosscheck.parity.faults")
