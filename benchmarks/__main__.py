"""`python -m crosscheck.benchmarks NAME`: one measurement, as a table."""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("bench")

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numba
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity.report import environment, files

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False)
Case = StrEnum("Case", {name: name for name in CASES})


@app.callback()
def benchmarks() -> None:
    """Measure, side by side in one run."""


@app.command("cpu-device")
def run_cpu_device(
    kernel: Annotated[
        list[Case] | None, typer.Option(help="This kernel only; may be repeated.")
    ] = None,
    cores: Annotated[
        int | None, typer.Option(min=1, max=pool.cores(), help="On so many; without it, on all.")
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write all numbers here.")
    ] = None,
    markdown_file: Annotated[
        Path | None, typer.Option("--markdown", callback=files.writable, help="Write a page here.")
    ] = None,
) -> None:
    """The CPU device beside numba's simulator and beside plain parallel loops; two minutes."""
    from crosscheck.benchmarks.cpu_device import report, run

    cores = cores or pool.cores()
    os.environ["CROSSCHECK_THREADS"] = str(cores)
    numba.set_num_threads(min(cores, numba.config.NUMBA_NUM_THREADS))
    names = [case.value for case in kernel] if kernel else list(CASES)
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("starting", total=run.steps(names))
        results, waiting = run.run(
            names, lambda what: bar.update(task, advance=1, description=what)
        )
    facts = environment.describe("cpu") | {"cores used": str(cores)}
    report.show(console, facts, results, waiting)
    for path, render in ((json_file, report.as_json), (markdown_file, report.markdown)):
        if path:
            files.write(path, render(facts, results, waiting))
            console.print(f"Written: {path}", soft_wrap=True)


@app.command("launch")
def run_launch(
    rounds: Annotated[int, typer.Option(min=1, help="Calls that are timed, of each.")] = 3000,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write all numbers here.")
    ] = None,
) -> None:
    """What a call costs the host before its kernel is launched on a GPU; needs none; seconds."""
    from crosscheck.benchmarks.launch import report, run

    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    results, facts = run.run(rounds), environment.describe("cpu")
    report.show(console, facts, results)
    if json_file:
        files.write(json_file, report.as_json(facts, results))
        console.print(f"Written: {json_file}", soft_wrap=True)


@app.command("numba-cuda-tests")
def run_numba_cuda_tests(
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
    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
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


@app.command("compare")
def run_compare(
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
    from crosscheck.benchmarks.compare import command

    console = Console()
    if not console.is_terminal:
        console = Console(width=160)
    try:
        status = command.run(
            console, (before, after), threshold / 100, static, rounds, options or []
        )
    except (OSError, RuntimeError, ValueError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    raise typer.Exit(status)


@app.command("report")
def run_report(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where `bench run` wrote.")],
    readme: Annotated[
        bool, typer.Option("--readme", help="Rewrite README's table, too, between its markers.")
    ] = False,
) -> None:
    """Write DIR's results as a page, and as pictures beside it."""
    from crosscheck.benchmarks.report import write

    try:
        written = write.write(folder, readme)
    except (OSError, ValueError) as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    for path in written:
        typer.echo(f"Written: {path}")
