"""`crosscheck bench numba-cuda-tests`: its options."""

from pathlib import Path
from typing import Annotated

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crosscheck.parity.report import environment, files, terminal


def command(
    file: Annotated[
        list[str] | None, typer.Option(help="Files with this in their names; may be repeated.")
    ] = None,
    limit: Annotated[float, typer.Option(min=1, help="Seconds for each file.")] = 600,
    jobs: Annotated[int, typer.Option(min=1, help="Files that run at once.")] = 2,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write everything here.")
    ] = None,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", callback=files.writable, help="Write a page here.")
    ] = None,
) -> None:
    """numba-cuda's own tests on the CPU device: which pass, and why others do not; half an hour.

    Some import packages of the extra numba-cuda-tests of pyproject.toml.
    """
    from crosscheck.benchmarks.numba_cuda import report, run

    chosen = [path for path in run.files() if not file or any(part in str(path) for part in file)]
    if not chosen:
        raise typer.BadParameter(f"no test file has {file} in its name", param_hint="--file")
    console = terminal.console(160)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=len(chosen))
        results = run.run(
            chosen, limit, lambda what: bar.update(task, advance=1, description=what), jobs
        )
    facts = environment.describe("cpu")
    report.show(console, facts, results)
    for path, render in ((json_file, report.as_json), (markdown_file, report.markdown)):
        if path:
            files.write(path, render(facts, results))
            console.print(f"Written: {path}", soft_wrap=True)
