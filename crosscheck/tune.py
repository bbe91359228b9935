"""`crosscheck tune`: measure an operator's algorithms on arrays of given sizes; show, or forget.

crosscheck tune conv2d input=8x64x28x28 weight=64x64x3x3 padding=1
crosscheck tune conv2d input=8x64x28x28 weight=64x64x3x3 padding=1 --predict   # what would run
crosscheck tune                 # what is known
crosscheck tune --clear         # forget it
"""

import ast
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any

import numpy as np
import typer
from rich import box
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

from crosscheck import kernels
from crosscheck.kernels import tuned, tuning
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.inspect.launches import operators, with_returned
from crosscheck.kernels.operator import Direction, Operator, bind

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
Device = StrEnum("Device", ["cpu", "cuda"])
Dtype = StrEnum("Dtype", ["float32", "float64"])


@app.command()
def tune(
    op: Annotated[str, typer.Argument(help="The operator, such as conv2d.")] = "",
    given: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME=VALUE", help="input=8x64x28x28, padding=1 ..."),
    ] = None,
    direction: Annotated[
        list[str] | None, typer.Option(help="This direction only; may be repeated.")
    ] = None,
    device: Annotated[Device, typer.Option(help="Where to measure.")] = Device.cpu,
    dtype: Annotated[Dtype, typer.Option(help="Of the arrays.")] = Dtype.float32,
    predict: Annotated[
        bool,
        typer.Option("--predict", help="Show what a GPU is predicted to take; launch nothing."),
    ] = False,
    clear: Annotated[bool, typer.Option("--clear", help="Forget all that was measured.")] = False,
) -> None:
    """Measure which algorithm of an operator is the fastest here, and remember it.

    The arrays are random, of the given sizes. Calls without algorithm= then run what was the
    fastest. Without an operator, show what is known.

    With --predict, show the times by which a GPU chooses until it is tuned: those of this GPU with
    --device cuda, else of an H200, which nobody needs to have.
    """
    console = Console()
    if not console.is_terminal:
        console = Console(width=120)
    if clear:
        console.print(f"Forgot {tuned.forget()} measurements.")
    elif op:
        try:
            operator = _operator(op)
            known, options = _known(operator, _parsed(operator, given or [], device, dtype))
            show = _predict if predict else _measure
            show(console, operator, _directions(operator, direction, known), known, options)
        except (TypeError, ValueError) as error:
            raise typer.BadParameter(str(error)) from None
    else:
        _show(console, tuned.known())


def _operator(name: str) -> Operator:
    known = {each.name: each for each in operators()}
    if name not in known:
        raise typer.BadParameter(f"{name!r}; expected one of {', '.join(sorted(known))}")
    return known[name]


def _parsed(operator: Operator, given: list[str], device: Device, dtype: Dtype) -> dict[str, Any]:
    """Return the arguments: random arrays for sizes such as 8x64x28x28, else Python's literals."""
    names = {name for each in operator.directions.values() for name in each.parameters}
    library, numbers, parsed = np, np.random.default_rng(0), {}
    if device is Device.cuda:
        import cupy as library
    for each in given:
        name, _, text = each.partition("=")
        if name not in names:
            raise ValueError(f"{each!r}; expected NAME=VALUE of {', '.join(sorted(names))}")
        if text.replace("x", "").isdecimal() and "x" in text:
            size = [int(extent) for extent in text.removesuffix("x").split("x")]
            parsed[name] = library.asarray(numbers.standard_normal(size).astype(dtype))
        else:
            try:
                parsed[name] = ast.literal_eval(text)
            except (SyntaxError, ValueError):
                parsed[name] = text
    return parsed


def _known(
    operator: Operator, given: Mapping[str, Any]
) -> tuple[Mapping[str, Array], Mapping[str, Any]]:
    """Return the arrays, with those that a forward pass returns, and the options."""
    arrays = {name: value for name, value in given.items() if hasattr(value, "shape")}
    options = {name: value for name, value in given.items() if name not in arrays}
    return with_returned(operator, arrays, options), options


def _directions(
    operator: Operator, names: list[str] | None, known: Mapping[str, Array]
) -> Mapping[str, Direction]:
    """Return the directions of these names; without any, those that the arrays have."""
    for name in names or ():
        if name not in operator.directions:
            raise ValueError(f"{name!r}; expected one of {', '.join(operator.directions)}")
    return {
        name: each
        for name, each in operator.directions.items()
        if (name in names if names else not each.of or each.of in known)
    }


def _predict(
    console: Console,
    operator: Operator,
    directions: Mapping[str, Direction],
    known: Mapping[str, Array],
    options: Mapping[str, Any],
) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("direction", "algorithm", "microseconds", "because"):
        table.add_column(column, justify="right" if column == "microseconds" else "left")
    for name, each in directions.items():
        found = tuning.predict(each.function, **bind(each.function, known, options))
        for algorithm, predicted in found.items():
            time = f"{predicted.microseconds:.1f}" if predicted.why else ""
            table.add_row(name, algorithm, time, predicted.why or "the first of its table")
        table.add_section()
    console.print(table)


def _measure(
    console: Console,
    operator: Operator,
    directions: Mapping[str, Direction],
    known: Mapping[str, Array],
    options: Mapping[str, Any],
) -> None:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        total = sum(len(operator.algorithms[name]) for name in directions)
        task = bar.add_task("starting", total=total)
        for name, each in directions.items():

            def advance(algorithm: str, name: str = name) -> None:
                bar.update(task, advance=1, description=f"{name}, {algorithm}")

            found = kernels.tune(
                each.function, **bind(each.function, known, options), progress=advance
            )
            times = _times(found.seconds)
            bar.console.print(f"{operator.name} {name}: {times}", soft_wrap=True)
            for algorithm, reason in found.skipped.items():
                bar.console.print(f"    without {algorithm}: {reason}", soft_wrap=True)


def _show(console: Console, known: Mapping[tuned.Key, tuned.Measured]) -> None:
    table = Table(box=box.SIMPLE_HEAD)
    for column in ("operator", "problem", "arrays", "device", "milliseconds"):
        table.add_column(column, overflow="fold")
    for key, found in known.items():
        name = f"{key.operator} {key.direction}"
        times = _times(found.seconds)
        table.add_row(name, key.problem, key.layout, key.device, times)
    console.print(table if known else "Nothing was measured yet: crosscheck tune --help")
    if known:
        console.print(f"In {tuned.file()}", soft_wrap=True)


def _times(seconds: Mapping[str, float]) -> str:
    """Return the milliseconds of each algorithm, the fastest first."""
    ordered = sorted(seconds.items(), key=lambda item: item[1])
    return ", ".join(f"{name} {each * 1e3:.3f}" for name, each in ordered)
