"""A campaign: fresh random cases on all cores until the time is up, or Ctrl-C.

One thread of this process for each core hands cases to a worker, and shrinks what fails. Every
failing line goes to a file at once. Of each kind of failure the first few are shrunk and shown.
"""

import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity.case import Case
from crosscheck.parity.fuzzing import shrink
from crosscheck.parity.result import Result
from crosscheck.parity.suites import fuzz
from crosscheck.parity.worker import Options, Outcome, Worker, failed

FILE = Path("fuzz-failures.txt")
SHRUNK = 3  # of each kind of failure
LIMIT = 300.0  # seconds for one case, which may have to compile all of its kernels
GRACE = 60.0  # seconds for what is being shrunk when the time is up

Kind = tuple[str, str, str, str]


@dataclass(frozen=True)
class Failure:
    """A failing result, and that of its case's smallest form: the same where none is smaller."""

    found: Result
    smallest: Result


class Campaign:
    """Cases of the seeds `first`, `first` + 1, ...: of each what the suite `fuzz` has.

    problems, results, failed, seed   so far: cases drawn, their results, those that failed, and
                                      the seed that is being drawn from
    error                             what ended the campaign that is not a case's failure, or None
    """

    def __init__(
        self,
        first: int,
        options: Options,
        op: str | None = None,
        count: int | None = None,
        seconds: float | None = None,
        file: Path = FILE,
        show: Callable[[Failure], None] = lambda failure: None,
    ) -> None:
        self.first = self.seed = first
        self.problems = self.results = self.failed = 0
        self.error: Exception | None = None
        self._options, self._op, self._count, self._file = options, op, count, file
        self._show = show
        self._started = time.monotonic()
        self._end = self._started + (float("inf") if seconds is None else seconds)
        self._kinds: Counter[Kind] = Counter()
        self._cases = self._drawn()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._workers = [Worker(options, LIMIT) for _ in range(pool.available_cores())]
        self._threads = [
            threading.Thread(target=self._run, args=(each,), daemon=True) for each in self._workers
        ]

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.monotonic() - self._started

    def start(self) -> None:
        for each in self._threads:
            each.start()

    def wait(self, seconds: float) -> bool:
        """Return whether the campaign is over, after so many seconds at most."""
        end = time.monotonic() + seconds
        for each in self._threads:
            each.join(max(end - time.monotonic(), 0.0))
        return not any(each.is_alive() for each in self._threads)

    def stop(self) -> None:
        """End at once: what the workers are running is neither passed nor failed."""
        self._stopped.set()
        for each in self._workers:
            each.close()

    def _drawn(self) -> Iterator[Case]:
        while self._count is None or self.problems < self._count:
            for case in fuzz.cases(seed=self.seed):
                if self._op in (None, case.op):
                    self.problems += 1
                    yield case
                    if self.problems == self._count:
                        return
            self.seed += 1

    def _next(self) -> Case | None:
        with self._lock:
            over = self._stopped.is_set() or time.monotonic() > self._end
            return None if over else next(self._cases, None)

    def _run(self, worker: Worker) -> None:
        try:
            self._check(worker)
        except Exception as error:  # of the generator, say: an exception would end the thread alone
            self.error = error
            self._stopped.set()
        worker.close()

    def _check(self, worker: Worker) -> None:
        while (case := self._next()) is not None:
            outcome = worker.check(case)
            if self._stopped.is_set():
                break
            if outcome.refused:  # the generator's own failure: it drew what PyTorch does not take
                outcome = Outcome((failed(case, "", self._options, outcome.refused),))
            with self._lock:
                self.results += len(outcome.results)
                self.failed += len(outcome.failures)
            if outcome.failures:
                self._keep([each.repro for each in outcome.failures])
                self._shrink(worker, case, outcome.failures)

    def _keep(self, lines: list[str]) -> None:
        with self._lock, self._file.open("a", encoding="utf-8") as file:
            file.writelines(f"{line}\n" for line in dict.fromkeys(lines))

    def _shrink(self, worker: Worker, case: Case, failures: tuple[Result, ...]) -> None:
        """Shrink the case for its first failure of each kind that is not well known by now."""
        for kind, found in {_kind(each): each for each in reversed(failures)}.items():
            with self._lock:
                self._kinds[kind] += 1
                if self._kinds[kind] > SHRUNK:
                    continue
            last = found

            def fails(smaller: Case, kind: Kind = kind, dtype: str = found.dtype) -> bool:
                nonlocal last
                if self._stopped.is_set() or time.monotonic() > self._end + GRACE:
                    return False
                outcome = worker.check(smaller, dtype or None)
                same = next((each for each in outcome.failures if _kind(each) == kind), None)
                last = same or last
                return same is not None and not self._stopped.is_set()

            shrink.smallest(case, fails)
            if last is not found:
                self._keep([f"{last.repro}  # the smallest form of the line above"])
            with self._lock:
                self._show(Failure(found, last))


def _kind(failure: Result) -> Kind:
    """Return what failures of one cause have in common, but for their numbers."""
    what = re.sub(r"\d+", "", failure.message.partition(":")[0])
    return failure.op, failure.direction, failure.algorithm, what
