"""A block: which of its threads run, and what releases those that wait.

The rules are those of compiled blocks (scheduler/blocks.py, scheduler/warps.py). Threads run by
number, or in an order that a seed draws, until each waits or has returned. Between passes, groups
of lanes are released; when all of the block wait at one kind of barrier, it is passed. A thread
that has returned is not waited for.
"""

import math
import random
from collections.abc import Callable
from typing import Any

import numpy as np

from ..instrumentation.deadlock import BarrierError, deadlock, waited_for
from ..machine import layout
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.layout import AT_BARRIER, AT_CONVERGENCE, AT_GRID, AT_SYNCWARP, AT_VOTE, READY
from .thread import Thread

TURN = 1 << 6  # after so many rounds in which threads only polled memory, other blocks run


class Block:
    """A block of a launch. `arrays` are its shared arrays, by the place that asks for them."""

    def __init__(
        self, kernel: str, index: tuple[int, int, int], configuration: LaunchConfiguration,
        seed: int | None, body: Callable[[], None],
    ) -> None:  # fmt: skip
        self.kernel, self.index, self.configuration = kernel, index, configuration
        self.dynamic = np.full(configuration.shared, layout.POISON, np.uint8)
        self.arrays: dict[tuple, np.ndarray] = {}
        self._random = None if seed is None else random.Random(f"{seed} {index}")
        x, y, _ = configuration.block
        self.threads = [
            Thread(self, number, (number % x, number // x % y, number // (x * y)), body)
            for number in range(math.prod(configuration.block))
        ]
        size = layout.WARP_SIZE
        self._warps = [self.threads[at : at + size] for at in range(0, len(self.threads), size)]

    def run(self, resume: Callable[[Thread], None]) -> int:
        """Run until all have returned, wait at a barrier of the grid, or polled for a TURN.

        Returns FINISHED, AT_GRID or READY. `resume` switches to a thread. Raises BarrierError.
        """
        for _ in range(TURN):
            for warp in self._shuffled(self._warps):
                self._run_warp(warp, resume)
            running = [thread for thread in self.threads if thread.state != layout.FINISHED]
            states = {thread.state for thread in running}
            if not running:
                return layout.FINISHED
            if self.is_at_grid:
                return AT_GRID
            if states == {AT_BARRIER} or states == {AT_VOTE}:
                votes = sum(bool(thread.value) for thread in running)
                release(running, (votes, len(running)))
            elif READY not in states:
                raise self._deadlock()
        return READY

    @property
    def is_at_grid(self) -> bool:
        """Whether its threads wait at a barrier of the grid, all that have not returned."""
        states = {thread.state for thread in self.threads} - {layout.FINISHED}
        return states == {AT_GRID}

    def _shuffled(self, items: list) -> list:
        return self._random.sample(items, len(items)) if self._random else items

    def _run_warp(self, warp: list[Thread], resume: Callable[[Thread], None]) -> None:
        """Run the lanes of a warp until each has returned, polls, or waits for other warps."""
        while True:
            for thread in self._shuffled(warp):
                if thread.state == READY:
                    resume(thread)
            if not _release_groups(warp):
                return

    def close(self) -> None:
        """End the threads that have not returned, whose block will not go on."""
        for thread in self.threads:
            if thread:  # has begun, and has not ended
                thread.throw()

    def _deadlock(self) -> BarrierError:
        places: dict[tuple[str, str], list] = {}
        for thread in self.threads:
            if thread.state >= AT_BARRIER:
                name, place = thread.site
                if thread.state in (AT_SYNCWARP, layout.AT_EXCHANGE):
                    name += waited_for(thread.mask, thread.lane)
                places.setdefault((name, place), []).append(thread.position)
        finished = [each.position for each in self.threads if each.state == layout.FINISHED]
        return deadlock(self.kernel, self.index, places, finished)


def release(threads: list[Thread], published: Any) -> None:
    """Let threads that wait go on with what their operation gives."""
    for thread in threads:
        thread.published, thread.state = published, READY


def _release_groups(warp: list[Thread]) -> bool:
    """Release every group of lanes that is complete; return whether there was one."""
    there = {thread.lane: thread for thread in warp if thread.state != layout.FINISHED}
    released = False
    for thread in list(there.values()):
        if thread.state not in (AT_SYNCWARP, layout.AT_EXCHANGE):
            continue
        group = [there[lane] for lane in there if thread.mask >> lane & 1]
        alike = all(each.state == thread.state and each.mask == thread.mask for each in group)
        if thread in group and alike:
            release(group, {each.lane: each.value for each in group})
            released = True
    return released or _release_converged(list(there.values()))


def _release_converged(lanes: list[Thread]) -> bool:
    """Release the lanes at the same activemask(), as many as can come; return whether any."""
    waiting = [thread for thread in lanes if thread.state == AT_CONVERGENCE]
    if not waiting:
        return False
    group = [thread for thread in waiting if thread.site == waiting[0].site]
    release(group, {thread.lane: None for thread in group})
    return True
