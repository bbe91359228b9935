"""`crosscheck bench predict`: its options."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crosscheck.benchmarks.commands.choices import Direction, Layout
from crosscheck.benchmarks.gpus import GPUS
from crosscheck.benchmarks.suites import SUITES
from crosscheck.parity.report import files

Gpu = StrEnum("Gpu", {name: name for name in GPUS})
Suite = StrEnum("Suite", {name: name for name in SUITES})


def command(
    gpu: Annotated[Gpu, typer.Option(help="The GPU, whose figures are in benchmarks/gpus.py.")],
    suite: Annotated[
        list[Suite] | None, typer.Option(help="These layers only; may be repeated.")
    ] = None,
    op: Annotated[list[str] | None, typer.Option(help="This operator only.")] = None,
    direction: Annotated[list[Direction] | None, typer.Option(help="Without it, all.")] = None,
    algorithm: Annotated[list[str] | None, typer.Option(help="Without it, all.")] = None,
    layout: Annotated[list[Layout] | None, typer.Option(help="Without it, nchw.")] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write all numbers here.")
    ] = None,
    png_file: Annotated[
        Path | None,
        typer.Option("--png", callback=files.writable, help="Draw a roofline, or bars, here."),
    ] = None,
    jobs: Annotated[
        int | None, typer.Option(min=1, help="So many processes. Without it, one a core.")
    ] = None,
) -> None:
    """The least time of each layer on a GPU, and what binds it; needs none; two minutes a suite."""
    from crosscheck.benchmarks.predict import command

    chosen = command.Chosen(
        gpu, *(each or () for each in (suite, op, direction, algorithm, layout))
    )
    command.run(chosen, json_file, png_file, jobs)
