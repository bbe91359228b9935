"""A process that checks one case at a time, for a parent that outlives what the case does to it."""

import contextlib
import multiprocessing
import os
import signal
from dataclasses import dataclass
from multiprocessing import forkserver
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from crosscheck.kernels import launch
from crosscheck.kernels.cpu import modes
from crosscheck.parity import run
from crosscheck.parity.case import Case
from crosscheck.parity.check import DEFAULT
from crosscheck.parity.own import module, pytorch, registry
from crosscheck.parity.result import Result

# Its server imports all this once and forks: a worker that died is replaced in milliseconds, and
# no worker is forked from a process with threads.
_context = multiprocessing.get_context("forkserver")
_context.set_forkserver_preload([__name__])


DEFAULT_MMA = modes.Modes().mma


@dataclass(frozen=True)
class Options:
    """What is run of every case, and how: see the options of `crosscheck parity`."""

    device: str = "cpu"
    dtype: str | None = None
    algorithm: run.Algorithms = None
    sanitize: bool = False
    module: Path | None = None
    subject: str = ""
    mma: str = DEFAULT_MMA

    def load(self) -> None:
        """Register what is checked, and nothing else: see parity/own. Raises module.BadModule."""
        registry.forget()
        if self.module:
            module.load(self.module, self.device)
        if self.subject == pytorch.NAME:
            pytorch.register()

    @property
    def named(self) -> str:
        """The one algorithm that was asked for by its name, "" if none was."""
        return self.algorithm if isinstance(self.algorithm, str) else ""

    def mode(self) -> contextlib.AbstractContextManager[None]:
        """Return what every launch must be in."""
        entered = contextlib.ExitStack()
        entered.enter_context(modes.using(mma=self.mma))
        if self.sanitize:
            entered.enter_context(launch.sanitized(keep_going=False, same_value=True))
        return entered


@dataclass(frozen=True)
class Outcome:
    """The results of a case; `refused` is why PyTorch refuses it."""

    results: tuple[Result, ...] = ()
    refused: str = ""

    @property
    def failures(self) -> tuple[Result, ...]:
        """The results that failed."""
        return tuple(each for each in self.results if not each.ok)


def start_server() -> None:
    """Start what forks the workers, deaf to Ctrl-C from the beginning: for the main thread."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # which a new process inherits
    forkserver.ensure_running()
    signal.signal(signal.SIGINT, before)


class Worker:
    """The parent's side of a process, which is started when it is first needed.

    `limit` is how many seconds a case may take, None any number. One thread calls `check`; any may
    call `close`.
    """

    def __init__(self, options: Options, limit: float | None = None) -> None:
        self.options, self.limit = options, limit
        self._closed = False
        self._running: tuple[Any, Connection] | None = None

    def check(self, case: Case, dtype: str | None = None) -> Outcome:
        """Check a case in `dtype`, or those of the options. A process that dies is a failure."""
        dtype = dtype or self.options.dtype
        process, connection = self._running or self._start()
        try:
            connection.send((case, dtype))
            if connection.poll(self.limit):
                outcome = connection.recv()
                if outcome.failures and self.options.device != "cpu":
                    self._kill()  # an illegal access spoils all that its process launches later
                return outcome
            why = f"no answer in {self.limit:.0f} s"
        except (EOFError, OSError):
            process.join()
            why = f"the process died: {_cause(process.exitcode)}"
        self._kill()
        return Outcome((failed(case, dtype or "", self.options, why),))

    def close(self) -> None:
        """Kill the process, whatever it does, for good."""
        self._closed = True
        self._kill()

    def _start(self) -> tuple[Any, Connection]:
        connection, other = _context.Pipe()
        process = _context.Process(target=serve, args=(other, self.options), daemon=True)
        process.start()
        other.close()  # so that the end of the process is the end of the pipe
        self._running = process, connection
        if self._closed:  # meanwhile, by another thread
            self._kill()
        return process, connection

    def _kill(self) -> None:
        running, self._running = self._running, None
        if running:
            process, connection = running
            process.kill()
            process.join()
            connection.close()


def serve(connection: Connection, options: Options) -> None:
    """Check what comes until nothing more can: the process of a worker."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the parent decides
    os.environ.setdefault("CROSSCHECK_THREADS", "1")  # every core has a worker
    options.load()
    with options.mode():
        while True:
            try:
                case, dtype = connection.recv()
            except EOFError:
                return
            connection.send(_outcome(case, dtype, options))


def _outcome(case: Case, dtype: str | None, options: Options) -> Outcome:
    results: list[Result] = []
    try:
        for each in case.usual_dtypes if dtype is None else (dtype,):
            results += run.run_case(case, each, options.device, options.algorithm)
    except ValueError as refusal:
        return Outcome(refused=str(refusal))
    except Exception as error:  # of the suite itself
        why = f"{type(error).__name__}: {error}"
        results.append(failed(case, dtype or "", options, why))
    return Outcome(tuple(results))


NO_DIRECTION = "case"  # where nothing is known but that the case failed


def failed(case: Case, dtype: str, options: Options, message: str) -> Result:
    """Return a failure of no direction in particular."""
    return Result(
        op=case.op,
        direction=NO_DIRECTION,
        algorithm=DEFAULT,
        dtype=dtype,
        device=options.device,
        suite=case.suite,
        case=case.name,
        ok=False,
        message=message,
        repro=case.command(dtype, options.device, options.named),
    )


def _cause(exit_code: int | None) -> str:
    if exit_code is not None and exit_code < 0:
        return signal.Signals(-exit_code).name
    return f"exit status {exit_code}"
