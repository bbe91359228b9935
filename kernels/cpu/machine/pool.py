"""Workers and the OS threads that run on them: the blocks of one launch run on all cores.

The calling thread is one of these threads and starts at once. The others join while blocks are
left; one that has not started by the end is cancelled. A worker belongs to one OS thread at a time,
so several Python threads may launch at once.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from queue import Empty, SimpleQueue

from .worker import Worker

# Waking a second core costs some 20 us, which a launch of fewer CUDA threads would not gain back
# where each does little.
MIN_SHARED_THREADS = 2048


def cores() -> int:
    """Return how many cores a launch may use: $CROSSCHECK_THREADS, or all this process has."""
    own = os.environ.get("CROSSCHECK_THREADS", "")
    if own:
        if not own.isdecimal() or int(own) < 1:
            raise ValueError(f"CROSSCHECK_THREADS is {own!r}; expected a number of at least 1")
        return int(own)
    return available_cores()


def available_cores() -> int:
    """Return how many cores this process may run on, which may be fewer than the machine has.

    That is what a number of processes follows; $CROSSCHECK_THREADS is about the threads of each.
    """
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()


@cache
def _executor() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(max(1, cores() - 1), thread_name_prefix="crosscheck")


# A forked child inherits the executor without its threads, and needs one of its own.
os.register_at_fork(after_in_child=_executor.cache_clear)

_free: SimpleQueue[Worker] = SimpleQueue()


def _take() -> Worker:
    try:
        return _free.get_nowait()
    except Empty:
        return Worker()


@contextlib.contextmanager
def workers(count: int) -> Iterator[list[Worker]]:
    """Lend `count` workers."""
    taken = [_take() for _ in range(count)]
    try:
        yield taken
    finally:
        for worker in taken:
            _free.put(worker)


def _with_worker(run: Callable[[Worker], None]) -> None:
    with workers(1) as (worker,):
        run(worker)


def run_on_all_cores(run: Callable[[Worker], None], stop: Callable[[], None], shares: int) -> None:
    """Call run(worker) here and on other cores, on at most `shares` cores in all.

    `run` takes blocks from a shared counter until none is left; after `stop` it begins no further
    one. The first exception is raised once every core has stopped: until then the launch's memory
    is in use.
    """
    helpers = min(cores(), shares) - 1 if shares > 1 else 0
    futures = [_executor().submit(_with_worker, run) for _ in range(helpers)]
    try:
        _with_worker(run)
    except BaseException:
        stop()
        raise
    finally:
        late = [future for future in futures if not future.cancel()]
        interrupt = _wait_for_all(late, stop)
    for error in [interrupt, *(future.exception() for future in late)]:
        if error is not None:
            raise error


def _wait_for_all(futures: list[Future], stop: Callable[[], None]) -> BaseException | None:
    """Wait until all are done. On an interrupt, stop them, go on waiting, and return it."""
    interrupt = None
    while futures:
        try:
            wait(futures)
            return interrupt
        except BaseException as error:  # memory in use must not be freed
            interrupt = error
            stop()
    return interrupt
