"""`crosscheck bench cpu-device`: its options."""

import os
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import numba
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from crosscheck.benchmarks.cpu_device.cases import CASES
from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity.report import environment, files, terminal

Case = StrEnum("Case", {name: name for name in CASES})


def command(
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
    console = terminal.console(120)
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
