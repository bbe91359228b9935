"""Launches that are prepared once for arrays of a kind: what a call need not work out again.

Which tile, how many parts, the tables, the sizes that a kernel is given: all follow from the
problem and from the kinds of the arrays (kinds.py), and from which of them begin on 16 bytes. A
launcher that has more than a few of these to find returns a function of the arrays alone, its
schedule; a `Call`, whose arrays are of one kind, keeps it, and what remains of a warm call are the
launches.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np

from crosscheck.kernels import candidates
from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.launch import wide_index

Schedule = Callable[..., None]


@dataclass(frozen=True)
class Scheduled:
    """An algorithm's `run` of which a part is prepared.

    `make(problem, *arrays)` returns `schedule(*arrays)`, for all arrays of these kinds that begin
    on 16 bytes where these do. It keeps none of the arrays.
    """

    make: Callable[..., Schedule]

    def __call__(self, problem: Any, *arrays: Any) -> None:
        """Prepare, and launch."""
        self.make(problem, *arrays)(*arrays)


def for_a_kind(run: Callable[..., None], problem: Any) -> Callable[..., None]:
    """Return `run(problem, *arrays)` as a function of arrays of one kind each."""
    return Kept(run, problem) if isinstance(run, Scheduled) else partial(run, problem)


class Kept:
    """A scheduled run for arrays of one kind each: its schedules, by which arrays are aligned."""

    def __init__(self, run: Scheduled, problem: Any) -> None:
        self._run, self._problem = run, problem
        self._schedules: dict[tuple[bool, ...], Schedule] = {}

    def __call__(self, *arrays: Any) -> None:
        """Launch, and before the first time prepare."""
        if candidates.in_turn():  # each turn has another tile
            self._run(self._problem, *arrays)
            return
        aligned = tuple([begins_on_quad(each) for each in arrays])
        schedule = self._schedules.get(aligned)
        if schedule is None:
            schedule = self._schedules[aligned] = self._run.make(self._problem, *arrays)
        schedule(*arrays)


def wide_for(run: Schedule, *tables: Array) -> Schedule:
    """Return a schedule whose launches read these tables, with indices as wide as they need.

    A huge stride or padding makes numbers of 64 bits. Other calls pay nothing for that.
    """
    return wide_index()(run) if np.int64 in [each.dtype for each in tables] else run
