"""What a running suite shows: a live bar on a terminal, now and then a plain line anywhere else."""

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crosscheck.parity.case import Case
from crosscheck.parity.result import Result
from crosscheck.parity.running import RunningCase

SECONDS_BETWEEN_LINES = 15


class Monitor:
    """Follows a run of `total` results; use it as a context manager around the loop.

    Where the run is all in this process, a case can end it: then the running one is kept in a file.
    """

    def __init__(self, console: Console, total: int, in_this_process: bool = True) -> None:
        self.console = console
        self.total = total
        self.done = 0
        self.failed = 0
        self.suites: set[str] = set()  # that have had a line: several processes take turns
        self._started = self._last_line = time.monotonic()
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn("{task.fields[failed]}"),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("starting", total=total, failed="")
        self._running = RunningCase() if in_this_process else None

    def __enter__(self) -> "Monitor":
        if self._running and self._running.path:
            where = f"A case that kills the process is named in {self._running.path}"
            self.console.print(where, highlight=False, soft_wrap=True)
        self._bar.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self._bar.stop()
        if self._running:
            self._running.__exit__()

    def announce(self, case: Case) -> None:
        """Keep the line that repeats a case before it runs: after a crash it is all there is."""
        if self._running:
            self._running.write(case.repro)

    def advance(self, result: Result) -> None:
        """Count one result."""
        self.done += 1
        self.failed += not result.ok
        failed = f"[red]{self.failed} failed[/red]" if self.failed else "0 failed"
        self._bar.update(self._task, advance=1, description=result.suite, failed=failed)
        if not self.console.is_terminal:
            self._line(result.suite)

    def _line(self, suite: str) -> None:
        now = time.monotonic()
        if suite in self.suites and now - self._last_line < SECONDS_BETWEEN_LINES:
            return
        self.suites.add(suite)
        self._last_line = now
        elapsed = f"{now - self._started:.0f} s"
        self.console.print(
            f"{suite}: {self.done} of {self.total}, {self.failed} failed, {elapsed}",
            highlight=False,
        )
        self.console.file.flush()
