"""A launch in plain Python: its blocks one after the other, by number or in a seed's order.

A block that waits at a barrier of the grid, or for memory that another block may write, stays while
the others run.
"""

import bdb
import itertools
import random
import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextvars import copy_context
from typing import Any

import numpy as np

from ..instrumentation.deadlock import spinning
from ..machine import layout
from ..machine.launch_configuration import LaunchConfiguration
from ..options.modes import Modes
from .block import TURN, Block, release
from .breakpoints import Breakpoints, installed
from .meaning import in_python
from .thread import Thread

LARGE = 100_000  # threads; a launch of more says how long it will take
_PATIENCE = 1 << 14  # after so many rounds of nothing but polling, a launch is an error: seconds


def interpret(
    kernel: str, function: Callable, arguments: tuple, configuration: LaunchConfiguration,
    modes: Modes,
) -> None:  # fmt: skip
    """Run a kernel's function for all threads, on NumPy arrays and numbers.

    Raises what a thread raises, with a note that names the thread, and BarrierError.
    """
    configuration.check_shared(kernel, 0)
    chosen = (modes.thread, modes.block) if modes.thread else None
    if chosen and not _is_inside(chosen, configuration):
        text = f"thread {modes.thread} of block {modes.block} is not in this launch"
        sizes = f"{configuration.grid} blocks of {configuration.block} threads"
        warnings.warn(f"{kernel}: {text} of {sizes}: breakpoint() stops nowhere", stacklevel=5)
    breakpoints = Breakpoints(kernel, chosen)
    with installed(breakpoints):
        _Launch(kernel, in_python(function), arguments, configuration, modes, breakpoints).run()


def _is_inside(chosen: tuple, configuration: LaunchConfiguration) -> bool:
    sizes = *configuration.block, *configuration.grid
    return all(at < size for at, size in zip(itertools.chain(*chosen), sizes, strict=True))


class _Launch:
    def __init__(
        self, kernel: str, function: Callable, arguments: tuple,
        configuration: LaunchConfiguration, modes: Modes, breakpoints: Breakpoints,
    ) -> None:  # fmt: skip
        self.kernel, self.configuration, self.seed = kernel, configuration, modes.seed
        self._breakpoints, self._trace = breakpoints, sys.gettrace()
        self._context = copy_context()
        self._context.run(np.seterr, all="ignore")  # no operation raises, as in compiled code
        self._context.run(np.set_printoptions, legacy="1.25")  # 3, where NumPy has np.int64(3)
        self._body = lambda: function(*arguments)

    def run(self) -> None:
        """Run all blocks."""
        begun, live = time.perf_counter(), []
        try:
            for number, index in enumerate(self._indices()):
                live.append(Block(self.kernel, index, self.configuration, self.seed, self._body))
                if live[-1].run(self._resume) == layout.FINISHED:
                    live.pop()
                if number == 0:
                    self._tell_how_long(time.perf_counter() - begun)
                if len(live) > layout.MAX_RESIDENT:
                    blocks = self.configuration.blocks
                    limit = f"at most {layout.MAX_RESIDENT} blocks that wait for each other"
                    raise ValueError(
                        f"{self.kernel}: the grid has {blocks} blocks; expected {limit}"
                    )
            self._finish(live)
        finally:
            for block in live:
                block.close()

    def _finish(self, live: list[Block]) -> None:
        """Run the blocks that wait for the grid, or poll, in turns until all have finished."""
        polled = 0
        while live:
            waiting = [block for block in live if block.is_at_grid]
            if len(waiting) == len(live):
                for block in live:
                    release([each for each in block.threads if each.state == layout.AT_GRID], None)
            runnable = [block for block in live if not block.is_at_grid]
            states = {block.index: block.run(self._resume) for block in runnable}
            live[:] = [each for each in live if states.get(each.index) != layout.FINISHED]
            polled = polled + 1 if set(states.values()) == {layout.READY} else 0
            if polled * TURN >= _PATIENCE:
                raise spinning(self.kernel, runnable[0].index)

    def _indices(self) -> Iterator[tuple[int, int, int]]:
        """Yield blockIdx of every block, in the order to run them."""
        x, y, _ = self.configuration.grid
        numbers: Any = range(self.configuration.blocks)
        if self.seed is not None:
            numbers = random.Random(self.seed).sample(numbers, len(numbers))
        return ((number % x, number // x % y, number // (x * y)) for number in numbers)

    def _resume(self, thread: Thread) -> None:
        """Run a thread until it waits or returns."""
        if not thread:  # it has not begun
            thread.gr_context = self._context.copy()
        try:
            thread.switch()
            if thread.dead:
                thread.state = layout.FINISHED
        except bdb.BdbQuit:
            raise
        except BaseException as error:
            where = f"thread {thread.position} of block {thread.block.index}"
            error.add_note(f"{self.kernel}: {where}")
            raise
        finally:
            sys.settrace(self._trace)  # a debugger in the thread is its own

    def _tell_how_long(self, seconds: float) -> None:
        """Warn of a launch that takes long, by the time of its first block."""
        threads = self.configuration.blocks * self.configuration.threads
        if threads > LARGE and not self._breakpoints.stopped:
            estimate = f"about {seconds * self.configuration.blocks:,.0f} s"
            text = f"{threads:,} threads run in plain Python, which takes {estimate}"
            warnings.warn(f"{self.kernel}: {text}; a smaller grid would do", stacklevel=7)
