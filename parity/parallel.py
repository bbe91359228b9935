"""A run of the suites, on several processes or in this one.

With several, a case in one dtype goes to one of them.

A process keeps to an operator in one dtype while cases of it are left. So two rarely compile the
same kernel, and what cases share is computed once. One that has none left takes the operator that
most cases are left of, first among those that no other process works on.
"""

import threading
from collections import defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from queue import SimpleQueue
from typing import Any, NamedTuple

from crosscheck.kernels.cpu.machine import pool
from crosscheck.parity import run as suites_run
from crosscheck.parity.case import Case
from crosscheck.parity.result import Result
from crosscheck.parity.worker import Options, Worker, start_server

FEW = 5000  # results: to start processes takes longer

Kind = tuple[str, str]


class Unit(NamedTuple):
    """A case in one dtype, and its number in the order of the suites."""

    number: int
    case: Case
    dtype: str

    @property
    def kind(self) -> Kind:
        """What processes share the units by."""
        return self.case.op, self.dtype


def default_jobs(device: str, results: int) -> int:
    """Return how many processes a run of so many results should have."""
    several = device == "cpu" and results > FEW
    return pool.available_cores() if several else 1


def in_this_process(options: Options, jobs: int) -> bool:
    """Return whether a run on so many processes stays in this one."""
    return jobs == 1 and not options.subject


def run(
    suites: Sequence[str],
    options: Options,
    jobs: int,
    announce: Callable[[Case], None],
    **filters: Any,
) -> Iterator[tuple[int, Result]]:
    """Yield the results that `run.run` would, with numbers that sort them into its order.

    `filters` are those of `run.cases`. With one job the cases run in this process, where a debugger
    reaches them, and are announced. With more, a case that kills its process is a failure, and the
    run goes on; so it is with one for PyTorch itself, which has such cases. For the main thread.
    Raises what `run.run` would.
    """
    if not in_this_process(options, jobs):
        yield from _on_processes(suites, options, jobs, filters)
        return
    own = dict(dtype=options.dtype, device=options.device, algorithm=options.algorithm)
    with options.mode():
        yield from enumerate(suites_run.run(suites, announce=announce, **own, **filters))


def _on_processes(
    suites: Sequence[str], options: Options, jobs: int, filters: dict[str, Any]
) -> Iterator[tuple[int, Result]]:
    pairs = suites_run.in_dtypes(suites_run.cases(suites, **filters), options.dtype)
    shares = _Shares([Unit(number, *pair) for number, pair in enumerate(pairs)])
    workers = [Worker(options) for _ in range(jobs)]
    done: SimpleQueue[tuple[Unit, Any] | None] = SimpleQueue()
    threads = [
        threading.Thread(target=_work, args=(each, shares, done), daemon=True) for each in workers
    ]
    start_server()
    try:
        for thread in threads:
            thread.start()
        left = len(threads)
        while left:
            answer = done.get()
            if answer is None:
                left -= 1
                continue
            unit, outcome = answer
            if isinstance(outcome, Exception):
                raise outcome
            if outcome.refused:
                raise ValueError(outcome.refused)
            for result in outcome.results:
                yield unit.number, result
    finally:
        shares.clear()
        for worker in workers:
            worker.close()


def _work(worker: Worker, shares: "_Shares", done: SimpleQueue) -> None:
    while (unit := shares.next(worker)) is not None:
        try:
            done.put((unit, worker.check(unit.case, unit.dtype)))
        except Exception as error:  # an exception would end the thread alone
            done.put((unit, error))
    worker.close()
    done.put(None)


class _Shares:
    """The units that are left, by kind, and the kind that each worker is at."""

    def __init__(self, units: Sequence[Unit]) -> None:
        self._left: dict[Kind, deque[Unit]] = defaultdict(deque)
        self._at: dict[Worker, Kind] = {}
        self._lock = threading.Lock()
        for unit in units:
            self._left[unit.kind].append(unit)

    def next(self, worker: Worker) -> Unit | None:
        """Return the unit that a worker shall check now, None where none is left."""
        with self._lock:
            if not self._left.get(self._at.get(worker)):
                self._at.pop(worker, None)
                self._left = {kind: units for kind, units in self._left.items() if units}
                if not self._left:
                    return None
                self._at[worker] = max(self._left, key=self._priority)
            return self._left[self._at[worker]].popleft()

    def _priority(self, kind: Kind) -> tuple[bool, int]:
        return kind not in self._at.values(), len(self._left[kind])

    def clear(self) -> None:
        """Leave nothing."""
        with self._lock:
            self._left.clear()
