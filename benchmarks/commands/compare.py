"""`crosscheck bench compare`: its options."""

from typing import Annotated

import typer

from crosscheck.parity.report import terminal


def command(
    before: Annotated[
        str, typer.Argument(metavar="A", help="A file or folder of results, or a git ref.")
    ],
    after: Annotated[str, typer.Argument(metavar="B", help="What A is compared with.")],
    options: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- OPTIONS]", help="Of `bench run`, which two refs run."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(min=0, help="Percent by which a row may get slower.")
    ] = 5,
    static: Annotated[
        bool, typer.Option("--static", help="Compare what a compiler makes of the kernels; no GPU.")
    ] = False,
    rounds: Annotated[int, typer.Option(min=1, help="How often two refs run, in turns.")] = 3,
) -> None:
    """What got faster or slower from A to B; exit status 1 where something got worse."""
    from crosscheck.benchmarks.compare.command import run

    console = terminal.console(160)
    try:
        status = run(console, (before, after), threshold / 100, static, rounds, options or [])
    except (OSError, RuntimeError, ValueError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(status)
