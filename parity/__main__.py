"""The command `python -m crosscheck.parity`: run suites, show the table, write reports.

Exit status: 0 when every case passed, 1 when one failed or none was found, 2 for a wrong option,
130 when interrupted.
"""

if __name__ == "__main__":  # first: what is imported below may not be installed
    from crosscheck.__main__ import main

    main("parity")

from enum import StrEnum
from operator import itemgetter
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from crosscheck.kernels.cpu.options.modes import MMA_MODELS
from crosscheck.parity import parallel, running
from crosscheck.parity import run as suites_run
from crosscheck.parity.case import ALL_DTYPES
from crosscheck.parity.fuzzing import literal
from crosscheck.parity.fuzzing import show as fuzzing
from crosscheck.parity.operators import OPERATORS
from crosscheck.parity.optimizers import steps
from crosscheck.parity.own import command as own
from crosscheck.parity.progress import Monitor
from crosscheck.parity.report import (
    compare,
    conclusion,
    environment,
    files,
    table,
    terminal,
    timings,
)
from crosscheck.parity.report.conclusion import Reports
from crosscheck.parity.result import Result
from crosscheck.parity.shared import tensor_core
from crosscheck.parity.training.models import MODELS
from crosscheck.parity.worker import Options

QUICK, TRAINING = "quick", "training"
EVERYTHING = tuple(suite for suite in suites_run.SUITES if suite not in (QUICK, TRAINING))

_ops = (*OPERATORS, *steps.OPTIONS, *MODELS)
Op = StrEnum("Op", {op: op for op in _ops})  # a list would lower their case
Dtype = StrEnum("Dtype", ALL_DTYPES)
Suite = StrEnum("Suite", suites_run.SUITES)
Device = StrEnum("Device", ["cpu", "cuda"])
Subject = StrEnum("Subject", ["torch"])
Mma = StrEnum("Mma", [*MMA_MODELS])

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


def present(device: Device) -> Device:
    """Return the device, or raise typer.BadParameter where it cannot be used: a callback."""
    if device == "cuda":
        try:
            import cupy

            cupy.cuda.runtime.getDeviceCount()
        except Exception as error:  # no CuPy, no driver, no GPU: each says so in its own way
            raise typer.BadParameter(f"no GPU can be used here: {error}") from None
    return device


def _case(text: str | None) -> str | None:
    if literal.is_literal(text):
        try:
            literal.read(text)
        except ValueError as error:
            raise typer.BadParameter(str(error)) from None
    return text


@app.command()
def main(
    device: Annotated[Device, typer.Option(callback=present)] = Device.cpu,
    op: Annotated[Op | None, typer.Option(help="This operator, or model, only.")] = None,
    dtype: Annotated[Dtype | None, typer.Option(help="This dtype only.")] = None,
    algorithm: Annotated[
        str | None, typer.Option(help=f"This algorithm only: {', '.join(own.algorithms())}.")
    ] = None,
    module: Annotated[
        Path | None,
        typer.Option(help="Check the algorithms that this file of Python registers, not ours."),
    ] = None,
    subject: Annotated[
        Subject | None, typer.Option(help="Check PyTorch itself, not our kernels.")
    ] = None,
    suite: Annotated[
        list[Suite] | None,
        typer.Option(help="May be repeated. Without it: all but quick and training."),
    ] = None,
    case: Annotated[
        str | None,
        typer.Option(callback=_case, help="The case of exactly this name only."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option(min=0, help="Where the fuzz suite starts; --minutes: anywhere.")
    ] = None,
    count: Annotated[
        int | None, typer.Option(min=1, help="How many problems the fuzz suite makes.")
    ] = None,
    minutes: Annotated[
        float | None,
        typer.Option(min=0.0, help="Fuzz so long, on all cores, and shrink what fails."),
    ] = None,
    sample: Annotated[
        int, typer.Option(min=1, help="Run only one in so many cases of opinfo and fuzz.")
    ] = 1,
    jobs: Annotated[
        int | None,
        typer.Option(
            min=1,
            help="Run on so many processes. Without it: on the CPU one a core, if there is much to"
            " do; else in this process.",
        ),
    ] = None,
    sanitize: Annotated[
        bool,
        typer.Option(
            "--sanitize", help="Watch every access and barrier; quick unless --suite says more."
        ),
    ] = False,
    mma: Annotated[
        Mma | None,
        typer.Option(
            help="How tensor cores add, for the CPU device and the bounds. Without it: as an H100"
            " does; on a GPU as its generation does."
        ),
    ] = None,
    json_file: Annotated[
        Path | None, typer.Option("--json", callback=files.writable, help="Write all results here.")
    ] = None,
    html_file: Annotated[
        Path | None, typer.Option("--html", callback=files.writable, help="Write the report here.")
    ] = None,
    junit_file: Annotated[
        Path | None, typer.Option("--junit", callback=files.writable, help="Write JUnit XML here.")
    ] = None,
    timings_file: Annotated[Path | None, typer.Option("--timings", help=timings.HELP)] = None,
    compared: Annotated[
        tuple[Path, Path] | None, typer.Option("--compare", help=compare.HELP)
    ] = None,
) -> None:
    """Hold every kernel against PyTorch."""
    compare.command(compared)
    if sanitize and device != "cpu":
        raise typer.BadParameter("only the CPU device can check", param_hint="--sanitize")
    if timings_file and not subject:
        raise typer.BadParameter("expected --subject torch beside it", param_hint="--timings")
    timed, reports = timings.readable(timings_file), Reports(json_file, html_file, junit_file)
    console = terminal.console()
    model = str(mma or tensor_core.model_of(device))
    options = own.loaded(Options(device, dtype, algorithm, sanitize, module, subject, model))
    if minutes is not None:
        unfit = module or subject or case or reports.any or op not in (None, *OPERATORS)
        if unfit or suite not in (None, [Suite.fuzz]):
            expected = "it takes operators, no --suite but fuzz, no --case, --module or report"
            raise typer.BadParameter(expected, param_hint="--minutes")
        raise typer.Exit(fuzzing.run(console, options, seed, op, count, minutes))
    suites = tuple(dict.fromkeys(suite or ([QUICK] if sanitize else EVERYTHING)))
    own_flags = own.flags(options)
    filters = dict(op=op, case=case, seed=seed or 0, count=count, sample=sample, flags=own_flags)
    numbered: list[tuple[int, Result]] = []
    total = 0
    try:
        total = suites_run.total(suites, dtype=dtype, algorithm=options.algorithm, **filters)
        if total == 0:
            typer.echo("Error: no case is left by these options.", err=True)
            raise typer.Exit(1)
        facts = environment.describe(device)
        console.print(f"{', '.join(suites)} on {device}: {facts['device']}", highlight=False)
        for line in running.left_behind():
            console.print(Text(f"An earlier run died in: {line}", style="red"), soft_wrap=True)
        jobs = jobs or parallel.default_jobs(device, total)
        stays = parallel.in_this_process(options, jobs)
        with Monitor(console, total, in_this_process=stays) as monitor:
            for number, result in parallel.run(suites, options, jobs, monitor.announce, **filters):
                numbered.append((number, result))
                monitor.advance(result)
        results = [result for _, result in sorted(numbered, key=itemgetter(0))]
    except KeyboardInterrupt:
        results = [result for _, result in numbered]
        table.show(console, results)
        told = f"after {len(results):,} of {total:,}"
        kept = Reports(json_file if results else None)
        console.print(f"\nInterrupted {told}{'.' if kept.any else ': no report is written.'}")
        facts = environment.describe(device) | {"interrupted": told}
        conclusion.write(console, kept, results, facts, "")
        raise typer.Exit(130) from None
    conclusion.show(console, results, facts, is_of_torch=bool(subject))
    if timed:
        timings.conclude(console, timed, facts, op, dtype)
    sampled = [each for each in suites if each in suites_run.SAMPLED]
    if sample > 1 and sampled:
        facts["sample"] = f"one in {sample} cases of {' and '.join(sampled)}"
        console.print(f"This was a sample: {facts['sample']}.", highlight=False)
    conclusion.write(console, reports, results, facts, device if "images" in suites else "")
    if not all(result.ok for result in results):
        raise typer.Exit(1)
