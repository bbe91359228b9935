"""`crosscheck bench run`: its options; a progress bar while it measures, then the tables."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck.benchmarks import results_file
from crosscheck.benchmarks.commands.choices import Device, Direction, Layout
from crosscheck.benchmarks.results_file import Results
from crosscheck.benchmarks.suites import NAMES, SUITES
from crosscheck.parity.report import terminal

if TYPE_CHECKING:  # they import PyTorch, which other commands can do without
    from crosscheck.benchmarks.run.plan import Choice
    from crosscheck.benchmarks.run.run import Run

Suite = StrEnum("Suite", {name: name for name in NAMES})
Op = StrEnum("Op", sorted({layer.op for layers in SUITES.values() for layer in layers}))
Dtype = StrEnum("Dtype", ("float32", "float64"))

WIDTH = 140  # of the tables, where there is no terminal


def command(
    suite: Annotated[
        list[Suite] | None, typer.Option(help="May be repeated. Without it: all.")
    ] = None,
    op: Annotated[Op | None, typer.Option(help="This operator only.")] = None,
    direction: Annotated[Direction | None, typer.Option(help="This direction only.")] = None,
    layout: Annotated[
        list[Layout] | None, typer.Option(help="Of our images; may be repeated. PyTorch has both.")
    ] = None,
    algorithm: Annotated[
        str | None, typer.Option(help="This one only, of ours or of the module.")
    ] = None,
    module: Annotated[
        Path | None,
        typer.Option(
            help="Measure the algorithms of this file of Python, too, and only those"
            " layers that it has some for."
        ),
    ] = None,
    dtype: Annotated[Dtype, typer.Option(help="Of the arrays.")] = Dtype.float32,
    device: Annotated[Device, typer.Option(help="Where to measure.")] = Device.cpu,
    peers: Annotated[
        str | None,
        typer.Option(
            help="Of torch,torch-tf32,torch-deterministic,compile,torch-graph; on a GPU all."
        ),
    ] = None,
    minutes: Annotated[
        float | None, typer.Option(min=0.0, help="End in time; what tells most comes first.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write results.json into this folder, as it goes.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Keep the rows that are in --out already.")
    ] = False,
) -> None:
    """Every algorithm of ours beside PyTorch and the limits of this machine, layer by layer.

    On a CPU the layers are cut down: they tell nothing about a GPU. docs/benchmarks.md says how it
    is measured, and what each column means. The exit status is 1 where no layer is left, 130 when
    interrupted.
    """
    from crosscheck.benchmarks.run import table
    from crosscheck.benchmarks.run.facts import CUT_DOWN
    from crosscheck.benchmarks.run.plan import Choice
    from crosscheck.benchmarks.run.run import Run
    from crosscheck.parity.__main__ import present

    present(device)
    if module is not None:
        _load(module, device)
    _known_algorithm(algorithm)
    chosen = [each.value for each in suite or Suite], op or "", direction or ""
    how = [each.value for each in layout or [Layout.nchw]], algorithm or "", dtype.value
    choice = Choice(*chosen, *how, device.value, _peers(peers, device), module)
    unmeasured = _unmeasured(choice) if module is not None else []
    try:
        run = Run(choice, out, minutes, resume)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--out") from None
    if not run.tasks:
        typer.echo("Error: no layer is left by these options.", err=True)
        raise typer.Exit(1)
    console = terminal.console(WIDTH)
    if unmeasured:
        text = f"Not measured, as no layer here needs it: {', '.join(unmeasured)}."
        console.print(text, highlight=False, soft_wrap=True)
    if run.kept:
        console.print(f"Kept from before: {run.kept} rows.", highlight=False)
    if device == "cpu":
        console.print(f"The layers are {CUT_DOWN}.", style="yellow")
    results = _measured(console, run)
    table.show(console, results)
    if out is not None:
        console.print(f"Written: {out / results_file.NAME}", soft_wrap=True, highlight=False)
    if run.interrupted:
        console.print("Interrupted: what was measured is kept.")
        raise typer.Exit(130)


def show() -> None:
    """The suites of `bench run`, their layers, and our algorithms."""
    from crosscheck.benchmarks.run import listing

    listing.show(terminal.console(WIDTH))


def _load(module: Path, device: Device) -> None:
    from crosscheck.benchmarks.peers import own_subjects

    try:
        own_subjects.load(module, device)
    except own_subjects.BadModule as error:
        raise typer.BadParameter(str(error), param_hint="--module") from None


def _unmeasured(choice: "Choice") -> list[str]:
    """Return what the module has that is not measured; refuse it where that is everything."""
    from crosscheck.benchmarks.peers import own_subjects
    from crosscheck.benchmarks.run.plan import tasks

    own = [each for each in tasks(choice) if each.is_of_module]
    left = own_subjects.others((each.layer.op, each.direction, each.algorithm) for each in own)
    if not own:
        text = f"{choice.module}: it has {', '.join(left)}; expected something for a layer that"
        raise typer.BadParameter(f"{text} these options leave", param_hint="--module")
    return left


def _known_algorithm(name: str | None) -> None:
    from crosscheck.parity.operators import OPERATORS
    from crosscheck.parity.own import registry

    directions = (each for op in Op for each in OPERATORS[op].directions)
    known = {algorithm for each in directions for algorithm in each.algorithms}
    known |= {each.name for each in registry.places()}
    if name is not None and name not in known:
        expected = ", ".join(sorted(known))
        raise typer.BadParameter(f"{name!r}; expected of {expected}", param_hint="--algorithm")


def _peers(text: str | None, device: Device) -> tuple[str, ...]:
    """Return the names in a list such as "torch,compile"; None: all on a GPU, on a CPU `torch`, and
    `torch-graph`, which says there that it is not available.
    """
    from crosscheck.benchmarks.peers import torch_subjects

    if text is None:
        on_a_cpu = torch_subjects.EAGER, torch_subjects.GRAPH
        return torch_subjects.NAMES if device == "cuda" else on_a_cpu
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in names:
        if name not in torch_subjects.NAMES:
            known = ", ".join(torch_subjects.NAMES)
            raise typer.BadParameter(f"{name!r}; expected of {known}", param_hint="--peers")
    return names


def _measured(console: Console, run: "Run") -> Results:
    """Return what the run measures, behind a bar with the time that is left."""
    columns = (BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(
        TextColumn("{task.description}"), *columns, console=console, transient=True
    ) as bar:
        task = bar.add_task("measuring this machine", total=len(run.tasks))

        def announce(what: Any) -> None:
            where = f"{what.suite}, {what.layer.name}, {what.direction}, {what.who}"
            bar.update(task, description=where)

        return run.run(announce, lambda: bar.advance(task))
