"""Workers and the OS threads that drive them: blocks of one launch run on all cores.

The calling thread is one of them. It starts at once; the others join while blocks are left, and a
helper that comes too late is called off. A worker belongs to one OS thread at a time, so several
Python threads may launch at once.
"""

import contextlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from functools import cache
from queue import Empty, SimpleQueue

from .worker import Worker

# Waking a second core costs some 20 us, of which a launch of fewer CUDA threads than this, when
# each does little, would not see the gain.
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


# A forked child has the executor without its threads: it needs one of its own.
os.register_at_fork(after_in_child=_executor.cache_clear)

_free: SimpleQueue[Worker] = SimpleQueue()


def _take() -> Worker:
    try:
        return _free.get_nowait()
    except Empty:
        return Worker()


@contextlib.contextmanager
def workers(count: int) -> Iterator[list[Worker]]:
    """Lend that many workers."""
    taken = [_take() for _ in range(count)]
    try:
        yield taken
    finally:
        for worker in taken:
            _free.put(worker)


def _with_worker(run: Callable[[Worker], None]) -> None:
    with workers(1) as (worker,):
        run(worker)


def run_everywhere(run: Callable[[Worker], None], stop: Callable[[], None], shares: int) -> None:
    """Call run(worker) here, and on other cores as well: on `shares` cores at most.

    `run` takes blocks from a shared counter until none is left; `stop` lets it begin no other one.
    The first exception is raised once every core has stopped: until then the launch's memory is in
    use, so an interrupt (Ctrl-C) waits for the blocks that run now.
    """
    helpers = min(cores(), shares) - 1
    futures = [_executor().submit(_with_worker, run) for _ in range(helpers)]
    try:
        _with_worker(run)
    except BaseException:
        stop()
        raise
    finally:
        late = [future for future in futures if not future.cancel()]
        interrupt = _outwait(late, stop)
    for error in [interrupt, *(future.exception() for future in late)]:
        if error is not None:
            raise error


def _outwait(futures: list[Future], stop: Callable[[], None]) -> BaseException | None:
    """Wait until all are done; stop them if something comes in between, and return that."""
    interrupt = None
    while futures:
        try:
            wait(futures)
            return interrupt
        except BaseException as error:  # Ctrl-C is no reason to free memory in use
            interrupt = error
            stop()
    return interrupt
