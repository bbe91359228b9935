"""One launch: gives a program, its arguments and its configuration to the workers.

Workers take blocks from one counter. A cooperative launch, which has a barrier of the whole grid,
needs all its blocks in memory at once: each has a worker of its own, and one core runs them in turn
from barrier to barrier. A block that polls memory yields to the others.
"""

import contextlib
import ctypes
import math
import random
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..compiler.program import Program
from ..language import printing
from ..machine import layout, pool, signals
from ..machine.launch_configuration import LaunchConfiguration
from ..machine.worker import Worker
from ..options import tools
from ..options.modes import MMA_MODELS, Modes
from ..sanitizer.shadow import ShadowMemory
from ..scheduler.blocks import (
    BEGIN,
    BEHIND_BARRIER,
    DONE,
    PATIENCE,
    PAUSED,
    POLLING,
    SPINNING,
    TURN,
    run_alone,
    run_blocks,
    run_resident,
)
from ..scheduler.rescue import ABANDONED, INTERRUPTED
from .entries import scheduler_entry
from .failures import grid_barrier_deadlock, last_words, launch_error
from .watcher import Running

_RESUME_AT = {PAUSED: BEHIND_BARRIER, SPINNING: POLLING}  # where a block that is not done resumes

# Blocks whose threads never wait are taken in chunks. Eight chunks a core leave no core idle for
# long at the end; at most 32 blocks a chunk, since an interrupt (Ctrl-C) waits for a whole one.
_SHARES, _MAX_AT_ONCE = 8, 32


@dataclass(frozen=True)
class Launch:
    """One launch: what its workers must know. `run` returns when all blocks are done."""

    name: str
    program: Program
    address: int  # of the program's entry
    arguments: bytes
    configuration: LaunchConfiguration
    modes: Modes
    shadow: ShadowMemory | None  # the sanitizer's memory, where it observes accesses

    def run(self) -> None:
        """Run all blocks.

        Raises what a thread raised, BarrierError, KernelFault, what the sanitizer found, what a
        signal handler of Python's raised meanwhile (KeyboardInterrupt), and ValueError for more
        shared memory or, in a cooperative launch, more blocks than there can be.
        """
        self.configuration.check_shared(self.name, self.program.static_shared)
        with printing.in_order() if self.program.prints else contextlib.nullcontext():
            with Running(self) as running:
                if self.program.cooperative:
                    self._run_cooperative(running)
                else:
                    self._run_independent(running)
        if self.shadow:
            self.shadow.finish(self.name)

    @property
    def fibers(self) -> int:
        """How many fibers a block has."""
        return self.configuration.threads if self.program.fiber_per_thread else 1

    @property
    def _strict(self) -> bool:
        """Whether a barrier waits for threads that have returned, too, which is an error."""
        return tools.SYNCCHECK in self.modes.sanitize

    @property
    def blocks_at_once(self) -> int:
        """How many blocks a worker takes at once, where the kernel's threads never wait."""
        blocks = self.configuration.blocks
        return 1 if blocks == 1 else min(_MAX_AT_ONCE, -(-blocks // (_SHARES * pool.cores())))

    def _run_independent(self, running: Running) -> None:
        """Let all workers take blocks from one counter."""
        blocks = self.configuration.blocks
        only = self.modes.only and self.modes.only(self.name, blocks)
        if only is not None:
            running.counter[0], blocks = only, only + 1

        def run(worker: Worker) -> None:
            running.join()
            self._configure(worker, running.counter)
            worker.words[layout.BLOCKS] = blocks
            self._advance(worker, run_blocks if self.program.fiber_per_thread else run_alone)

        is_large = blocks * self.configuration.threads >= pool.MIN_SHARED_THREADS
        share = is_large and not self.modes.one_worker
        pool.run_on_all_cores(run, running.stop, blocks if share else 1)

    def _run_cooperative(self, running: Running) -> None:
        """Run every block on a worker of its own, all on this core, barrier by barrier.

        Blocks that only poll memory take turns.
        """
        blocks = self.configuration.blocks
        if blocks > layout.MAX_RESIDENT:
            limit = f"at most {layout.MAX_RESIDENT} blocks where a barrier is for the whole grid"
            raise ValueError(f"{self.name}: the grid has {blocks} blocks; expected {limit}")
        running.join()
        with pool.workers(blocks) as workers:
            for worker in workers:
                self._configure(worker, running.counter)
            states, turns = [BEGIN] * blocks, 0
            while any(state != DONE for state in states):
                runnable = [n for n in range(blocks) if states[n] in (BEGIN, SPINNING)]
                for n in runnable or [n for n in range(blocks) if states[n] == PAUSED]:
                    self._advance(workers[n], run_resident, _RESUME_AT.get(states[n], n))
                    states[n] = int(workers[n].words[layout.STATUS])
                all_spin = runnable and all(states[n] == SPINNING for n in runnable)
                turns = turns + 1 if all_spin else 0
                if turns * TURN >= PATIENCE:
                    raise launch_error(
                        workers[runnable[0]], self.name, self.program, self.configuration
                    )
                if self._strict and PAUSED in states and DONE in states:
                    waiting, done = (workers[states.index(state)] for state in (PAUSED, DONE))
                    raise grid_barrier_deadlock(
                        waiting, self.name, self.program, self.configuration, done
                    )

    def _configure(self, worker: Worker, counter: np.ndarray) -> None:
        """Write the launch into a worker's record."""
        words, configuration = worker.words, self.configuration
        blocks, alignment = configuration.blocks, layout.SHARED_ALIGNMENT
        dynamic = -(-self.program.static_shared // alignment) * alignment
        words[layout.BLOCK_DIM : layout.BLOCK_DIM + 3] = configuration.block
        words[layout.GRID_DIM : layout.GRID_DIM + 3] = configuration.grid
        words[layout.DYNAMIC_SHARED] = words[layout.SHARED] + dynamic
        words[layout.DYNAMIC_SHARED_BYTES] = configuration.shared
        words[layout.ENTRY] = self.address
        words[layout.ARGUMENTS] = ctypes.cast(self.arguments, ctypes.c_void_p).value
        words[layout.FIBERS] = self.fibers
        words[layout.BLOCK_COUNTER] = counter.ctypes.data
        words[layout.BLOCKS] = blocks
        words[layout.BLOCKS_AT_ONCE] = self.blocks_at_once
        seed = self.modes.seed
        words[layout.BLOCK_STRIDE], words[layout.BLOCK_OFFSET] = _block_order(seed, blocks)
        words[layout.SEED] = 0 if seed is None else 2 * seed + 1
        words[layout.POISONED_BYTES] = dynamic + configuration.shared if self.modes.sanitize else 0
        words[layout.STRICT] = self._strict
        words[layout.STATUS] = DONE
        model = MMA_MODELS[self.modes.mma]
        words[layout.MMA_BLOCK], words[layout.MMA_EXTRA_BITS] = model
        words[layout.HOLDS_LOCKS] = self.program.holds_locks
        if self.program.holds_locks:
            text = last_words(self.name, configuration)
            words[layout.LAST_WORDS] = ctypes.cast(text, ctypes.c_void_p).value
            words[layout.LAST_WORDS + 1] = len(text)
        worker.set_threads(configuration.block)
        if self.shadow:
            self.shadow.configure(worker)

    def _advance(self, worker: Worker, step: Callable, *arguments: int) -> None:
        """Run `step` of the scheduler on a worker. Raises what went wrong."""
        resumes = worker.words[layout.STATUS] in _RESUME_AT
        ready = self.fibers if resumes else min(worker.fibers_ready, self.fibers)
        ready_before, worker.fibers_ready = worker.fibers_ready, 0  # until all have ended well
        run, pack = scheduler_entry(step)
        run(pack((worker.address, ready, *arguments)))
        status = worker.words[layout.STATUS]
        if status == DONE:
            worker.fibers_ready = max(ready_before, self.fibers)
        elif status == INTERRUPTED:
            raised = worker.words[layout.RAISED : layout.RAISED + 3].tolist()
            worker.words[layout.RAISED] = 0
            signals.raise_again(*raised)
        elif status == ABANDONED:
            pass  # whatever stopped the launch is raised where it happened
        elif step is not run_resident or status not in _RESUME_AT:
            raise launch_error(worker, self.name, self.program, self.configuration)


def _block_order(seed: int | None, blocks: int) -> tuple[int, int]:
    """Return (stride, offset) of a permutation of the blocks: random, or the identity for None."""
    if seed is None:
        return 1, 0
    numbers = random.Random(seed)
    limit = min(blocks, 2**31)  # products stay below 2^63
    stride = next(n for n in iter(lambda: numbers.randint(1, limit), 0) if math.gcd(n, blocks) == 1)
    return stride, numbers.randrange(limit)
