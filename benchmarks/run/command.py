"""The command `bench run`: a progress bar while it measures, then the tables."""

from pathlib import Path

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck.benchmarks.peers import torch_subjects
from crosscheck.benchmarks.run import table
from crosscheck.benchmarks.run.plan import Choice, Task
from crosscheck.benchmarks.run.run import CUT_DOWN, Run


def peers(text: str | None, device: str) -> tuple[str, ...]:
    """Return the names in a list such as "torch,compile"; None: all on a GPU, on a CPU `torch`.

    Raises typer.BadParameter for a name that is none.
    """
    if text is None:
        return torch_subjects.NAMES if device == "cuda" else torch_subjects.NAMES[:1]
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in torch_subjects.NAMES:
            known = ", ".join(torch_subjects.NAMES)
            raise typer.BadParameter(f"{name!r}; expected of {known}", param_hint="--peers")
    return names


def run(console: Console, choice: Choice, minutes: float | None, out: Path | None) -> int:
    """Measure, show, and return the exit status: 1 where nothing is left, 130 when interrupted."""
    try:
        this = Run(choice, out, minutes)
    except OSError as error:
        raise typer.BadParameter(str(error), param_hint="--out") from None
    if not this.tasks:
        typer.echo("Error: no layer is left by these options.", err=True)
        return 1
    if choice.device == "cpu":
        console.print(f"The layers are {CUT_DOWN}.", style="yellow")
    columns = (
        TextColumn("{task.description}"),
        *(BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()),
    )
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("measuring this machine", total=len(this.tasks))

        def announce(what: Task) -> None:
            who = what.peer or what.algorithm
            bar.update(
                task, description=f"{what.suite}, {what.layer.name}, {what.direction}, {who}"
            )

        results = this.run(announce, lambda: bar.advance(task))
    table.show(console, results)
    if out is not None:
        console.print(f"Written: {out / 'results.json'}", soft_wrap=True, highlight=False)
    if this.interrupted:
        console.print("Interrupted: what was measured is kept.")
    return 130 if this.interrupted else 0
