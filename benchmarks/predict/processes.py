"""Predictions in several processes: each part is the work of one, and their results keep order.

Processes, not threads: what a GPU would launch is recorded by patching the launcher, which is the
process's own.
"""

import multiprocessing
import os
import signal
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import Protocol

from crosscheck.benchmarks.predict.prediction import Prediction


class Part(Protocol):
    """What one process does at a time."""

    def predictions(self) -> Iterator[Prediction]: ...


def cores() -> int:
    """Return how many processes can run at once."""
    return len(os.sched_getaffinity(0))


def run(parts: Sequence[Part], jobs: int) -> Iterator[list[Prediction]]:
    """Yield the predictions of each part. Raises RuntimeError where a process died."""
    # New interpreters: this one has threads, with which it should not fork.
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(min(jobs, len(parts)), context, _die_at_ctrl_c)
    try:
        yield from pool.map(_predictions, parts)
    except BrokenProcessPool:
        raise RuntimeError("a process that predicts died; --jobs 1 shows where") from None
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _die_at_ctrl_c() -> None:
    """Let Ctrl-C, which every process of a terminal gets, end this one without a word."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def _predictions(part: Part) -> list[Prediction]:
    return list(part.predictions())
