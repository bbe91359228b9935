"""`crosscheck bench report`: its options."""

from pathlib import Path
from typing import Annotated

import typer


def command(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where `bench run` wrote.")],
    readme: Annotated[
        bool, typer.Option("--readme", help="Rewrite README's table, too, between its markers.")
    ] = False,
) -> None:
    """Write DIR's results as a page, and as pictures beside it."""
    from crosscheck.benchmarks.report.write import write

    try:
        written = write(folder, readme)
    except (OSError, ValueError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    for path in written:
        typer.echo(f"Written: {path}")
