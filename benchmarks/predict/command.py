"""The command `crosscheck bench predict`: checks what is asked for, predicts, shows and writes."""

import shlex
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck.benchmarks.gpus import GPUS
from crosscheck.benchmarks.predict import processes, report
from crosscheck.benchmarks.predict import run as predictions
from crosscheck.benchmarks.predict.prediction import Prediction
from crosscheck.kernels.gpu import CompilerMissing
from crosscheck.parity.report import environment, files, terminal

WIDTH = 160  # columns where there is no terminal


class Chosen(NamedTuple):
    """What is asked for, by name; empty: everything."""

    gpu: str
    suites: Sequence[str]
    ops: Sequence[str]
    directions: Sequence[str]
    algorithms: Sequence[str]
    layouts: Sequence[str]

    def __str__(self) -> str:
        """The command that predicts this."""
        names = ("suite", "op", "direction", "algorithm", "layout")
        each = zip(names, self[1:], strict=True)
        options = [f"--{name}={value}" for name, values in each for value in values]
        return shlex.join(["crosscheck", "bench", "predict", f"--gpu={self.gpu}", *options])


def run(
    chosen: Chosen, json_file: Path | None, png_file: Path | None, jobs: int | None = None
) -> None:
    """Predict by so many processes, without a number one a core, and report. Ctrl-C keeps what has
    been predicted.

    Raises typer.BadParameter for what is not there, and typer.Exit with 2 without the compiler or
    where a process died.
    """
    gpu = GPUS[chosen.gpu]
    try:
        layers = predictions.check(chosen.suites, chosen.ops, chosen.algorithms)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
    except CompilerMissing as error:
        typer.echo(f"Error: {error}", err=True)
        raise typer.Exit(2) from None
    console = terminal.console(WIDTH)
    rows: list[Prediction] = []
    bar = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    parts = predictions.parts(gpu, layers, chosen.directions, chosen.algorithms, chosen.layouts)
    with Progress(*bar, TimeRemainingColumn(), console=console, transient=True) as progress:
        task = progress.add_task("starting", total=len(parts))
        told = predictions.run(
            parts,
            jobs or processes.cores(),
            lambda what, done: progress.update(task, completed=done, description=what),
        )
        try:
            rows.extend(told)
        except KeyboardInterrupt:
            console.print("Interrupted: what follows is what had been predicted.")
        except RuntimeError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(2) from None
    report.show(console, gpu, rows)
    facts = environment.describe("cpu") | {"date": f"{date.today()}", "command": str(chosen)}
    if json_file:
        files.write(json_file, report.as_json(facts, gpu, rows))
        console.print(f"Written: {json_file}", soft_wrap=True)
    if png_file:
        from crosscheck.benchmarks.predict import picture  # Matplotlib, for this alone

        try:
            picture.draw(rows, gpu, png_file)
        except ValueError as error:
            typer.echo(f"Error: {error}", err=True)
            raise typer.Exit(2) from None
        console.print(f"Written: {png_file}", soft_wrap=True)
