"""`crosscheck bench launch`: its options."""

from pathlib import Path
from typing import Annotated

import typer

from crosscheck.parity.report import environment, files, terminal


def command(
    rounds: Annotated[int, typer.Option(min=1, help="Calls that are timed, of each.")] = 3000,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write all numbers here.")
    ] = None,
) -> None:
    """What a call costs the host before its kernel is launched on a GPU; needs none; seconds."""
    from crosscheck.benchmarks.launch import report, run

    console = terminal.console(120)
    results, facts = run.run(rounds), environment.describe("cpu")
    report.show(console, facts, results)
    if json_file:
        files.write(json_file, report.as_json(facts, results))
        console.print(f"Written: {json_file}", soft_wrap=True)
