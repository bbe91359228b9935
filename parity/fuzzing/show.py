"""The campaign on the console: progress, each failure in its smallest form, and a summary."""

import secrets
import time

from rich.console import Console
from rich.text import Text

from crosscheck.parity.fuzzing.campaign import FILE, Campaign, Failure
from crosscheck.parity.worker import Options, start_server

SECONDS_BETWEEN_LINES = 15.0
LARGEST_SEED = 10**9


def run(
    console: Console,
    options: Options,
    seed: int | None,
    op: str | None,
    count: int | None,
    minutes: float,
) -> int:
    """Run a campaign and return the command's exit status. Without a seed it takes a fresh one.

    Raises what ended the campaign, if that was no failure of a case.
    """
    first = secrets.randbelow(LARGEST_SEED) if seed is None else seed
    campaign = Campaign(
        first, options, op, count, 60.0 * minutes, show=lambda each: _show(console, each)
    )
    console.print(f"fuzz on {options.device}: {minutes:g} min, seeds from {first}", highlight=False)
    status, ended = 0, "Done"
    try:
        start_server()
        campaign.start()
        _follow(console, campaign)
    except KeyboardInterrupt:
        campaign.stop()
        status, ended = 130, "Interrupted"
    console.print(f"{ended}: {_line(campaign)}.", highlight=False)
    if campaign.failed:
        console.print(f"Every failing line: {FILE}", highlight=False)
        status = 1
    if campaign.error:
        raise campaign.error
    return status


def _follow(console: Console, campaign: Campaign) -> None:
    if console.is_terminal:
        with console.status("starting") as status:
            while not campaign.wait(0.5):
                status.update(_line(campaign))
        return
    last = time.monotonic()
    while not campaign.wait(0.5):
        if time.monotonic() - last > SECONDS_BETWEEN_LINES:
            last = time.monotonic()
            console.print(_line(campaign), highlight=False)
            console.file.flush()


def _line(campaign: Campaign) -> str:
    minutes, seconds = divmod(int(campaign.elapsed), 60)
    rate = campaign.results / max(campaign.elapsed, 1e-3)
    return (
        f"{campaign.results:,} cases of {campaign.problems:,} problems, {campaign.failed:,} failed,"
        f" {minutes} min {seconds} s, {rate:.0f} cases/s, seeds {campaign.first} to {campaign.seed}"
    )


def _show(console: Console, failure: Failure) -> None:
    found, smallest = failure.found, failure.smallest
    console.print(
        Text(f"FAILED {found.op} {found.direction} {found.dtype}: {smallest.message}", "red"),
        soft_wrap=True,
    )
    console.print(Text(f"  found:    {found.repro}\n  smallest: {smallest.repro}"), soft_wrap=True)
