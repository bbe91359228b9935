"""Workers and the OS threads that drive them: blocks of one launch run on all cores.

The calling thread is one of them. It starts at once; the others join while blocks are left, and a
helper that comes too late is called off. A worker belongs to one OS thread at a time, so several
Python threads may launch at once.
"""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import cache

from kernels.cpu.record import Worker

# Under this many CUDA threads a launch is over before a second core has woken up.
WORTH_SHARING = 2048


def cores() -> int:
    """Return how many cores a launch may use: $CROSSCHECK_THREADS, or all this process has."""
    own = os.environ.get("CROSSCHECK_THREADS", "")
    if own:
        if not own.isdecimal() or int(own) < 1:
            raise ValueError(f"CROSSCHECK_THREADS is {own!r}; expected a number of at least 1")
        return int(own)
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="crosscheck")


_free: list[Worker] = []
_free_lock = threading.Lock()


def _borrow() -> Worker:
    with _free_lock:
        if _free:
            return _free.pop()
    return Worker()


def _give_back(worker: Worker) -> None:
    with _free_lock:
        _free.append(worker)


def run_everywhere(run, blocks: int, threads: int) -> None:
    """Call run(worker) here, and on the other cores as well when the launch is worth it.

    `run` takes blocks from a shared counter until none is left. The first exception is raised once
    all have returned.
    """

    def with_worker() -> None:
        worker = _borrow()
        try:
            run(worker)
        finally:
            _give_back(worker)

    helpers = min(cores(), blocks) - 1 if blocks * threads >= WORTH_SHARING else 0
    futures = [_executor().submit(with_worker) for _ in range(helpers)]
    try:
        with_worker()
    finally:
        late = [future for future in futures if not future.cancel()]
        errors = [future.exception() for future in late]
    for error in errors:
        if error is not None:
            raise error
