"""syncthreads and its voting forms, fences, nanosleep, and the barrier of the grid."""

from typing import Any

import numpy as np

from ..machine import layout
from .numbers import number
from .thread import current


def syncthreads() -> None:
    """Wait for every thread of the block."""
    current().wait(layout.AT_BARRIER, "cuda.syncthreads()")


def _votes(name: str, predicate: Any) -> tuple[int, int]:
    """Return how many threads of the block voted yes, and how many took part."""
    return current().wait(layout.AT_VOTE, f"cuda.{name}()", predicate)


def syncthreads_count(predicate: Any) -> np.int32:
    """Return in how many threads of the block the predicate holds."""
    return number(np.int32(_votes("syncthreads_count", predicate)[0]))


def syncthreads_and(predicate: Any) -> np.int32:
    """Return 1 if the predicate holds in all threads of the block, else 0."""
    votes, threads = _votes("syncthreads_and", predicate)
    return number(np.int32(votes == threads))


def syncthreads_or(predicate: Any) -> np.int32:
    """Return 1 if the predicate holds in a thread of the block, else 0."""
    return number(np.int32(_votes("syncthreads_or", predicate)[0] != 0))


def threadfence() -> None:
    """Let the other threads run: a loop that polls memory has a fence in it."""
    current().leave()


def nanosleep(ns: int) -> None:
    """Let the other threads run."""
    current().leave()


class GridGroup:
    """All threads of the launch."""

    def sync(self) -> np.int32:
        """Wait for every thread of the grid."""
        current().wait(layout.AT_GRID, "grid.sync()")
        return number(np.int32(0))


MEMBERS = {
    "syncthreads": syncthreads,
    "syncthreads_count": syncthreads_count,
    "syncthreads_and": syncthreads_and,
    "syncthreads_or": syncthreads_or,
    "threadfence": threadfence,
    "threadfence_block": threadfence,
    "threadfence_system": threadfence,
    "nanosleep": nanosleep,
}
