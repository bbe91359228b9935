"""`crosscheck bench day`: its options."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from crosscheck.benchmarks.commands.choices import Device
from crosscheck.parity.report import environment, files


def command(
    out: Annotated[Path, typer.Option(help="The folder of all that it writes; made if missing.")],
    minutes: Annotated[float, typer.Option(min=0.5, help="How long it may take in all.")] = 10.0,
    device: Annotated[Device, typer.Option(help="cpu: to see how it goes.")] = Device.cuda,
    op: Annotated[str | None, typer.Option(help="This operator only.")] = None,
) -> None:
    """Ten minutes on a GPU: parity, compute-sanitizer, the benchmarks by their value, a report.

    It can be stopped at any time, and goes on where it was when it is started again.
    """
    from crosscheck.benchmarks import day
    from crosscheck.parity.__main__ import present

    present(device)
    try:
        out.mkdir(parents=True, exist_ok=True)
        files.check(out / "day.json")
        day.read(out)
        facts = environment.describe(device)
    except (OSError, ValueError) as error:
        raise typer.BadParameter(str(error), param_hint="--out") from None
    console = Console()
    console.print(f"A day of {minutes:g} minutes on {device}: {facts['device']}", highlight=False)
    failed = False
    try:
        with console.status("starting") as status:
            run = day.run(
                day.steps(device, out, op),
                out,
                60 * minutes,
                lambda step, limit: status.update(f"{step.name}, {limit:.0f} s at most"),
            )
            for each in run:
                failed |= each.how == day.FAILED
                line = f"{each.step:<20} {each.how:<16} {each.seconds:6.1f} s  {each.why}"
                console.print(line, highlight=False, soft_wrap=True)
    except KeyboardInterrupt:
        console.print(f"Interrupted: what was done is in {out}; start again to go on.")
        raise typer.Exit(130) from None
    console.print(f"Look first at {out / 'report.html'}, then at the logs beside it.")
    raise typer.Exit(int(failed))
