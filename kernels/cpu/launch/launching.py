"""One launch: hands a program, its arguments and its geometry to the workers.

Blocks are taken from one counter by all workers. A launch with a barrier of the whole grid needs
all its blocks in memory at once: each has a worker of its own then, and one core goes from one to
the next, from barrier to barrier. One that polls for what another has to do gives way to it.
"""

import contextlib
import ctypes
import math
import random
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache

import numpy as np
from numba.core import types
from numba.core.compiler_lock import global_compiler_lock

from ..arguments.packing import packer
from ..compiler.compilation import prepare
from ..compiler.program import Program
from ..language import printing
from ..machine import layout, pool
from ..machine.geometry import Geometry
from ..machine.worker import Worker
from ..options import tools
from ..options.modes import Modes
from ..sanitizer.shadow import Shadow
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
from .failures import deserted, failure

_GOES_ON = {PAUSED: BEHIND_BARRIER, SPINNING: POLLING}  # where a block that is not done goes on

# A worker takes its blocks of a kernel without waiting in so many shares, so that none is long left
# behind by others, but not more at once: an interrupt waits for them.
_SHARES, _MOST_AT_ONCE = 8, 32

_Native = ctypes.CFUNCTYPE(ctypes.c_int32, ctypes.c_char_p)  # releases the GIL while it runs


@dataclass(frozen=True)
class Launch:
    """What all workers of one launch must know."""

    name: str
    program: Program
    address: int
    arguments: bytes
    geometry: Geometry
    modes: Modes
    shadow: Shadow | None  # the sanitizer's, where it watches accesses

    def run(self) -> None:
        """Run all blocks. Raises what a thread raised, BarrierError, or what the sanitizer has."""
        self.geometry.check_shared(self.name, self.program.static_shared)
        with printing.in_order() if self.program.prints else contextlib.nullcontext():
            if self.program.cooperative:
                self._run_resident()
            else:
                self._run_shared()
        if self.shadow:
            self.shadow.conclude(self.name)

    @property
    def fibers(self) -> int:
        """How many fibers a block has."""
        return self.geometry.threads if self.program.apart else 1

    @property
    def _wants_all(self) -> bool:
        """Whether a barrier wants threads that have returned, too."""
        return tools.SYNCCHECK in self.modes.sanitize

    def _run_shared(self) -> None:
        counter = np.zeros(1, np.int64)
        blocks = self.geometry.blocks

        def stop() -> None:
            counter[0] = layout.STOPPED

        def run(worker: Worker) -> None:
            self._brief(worker, counter)
            self._advance(worker, run_blocks if self.program.apart else run_alone)

        share = not self.modes.one_worker and blocks * self.geometry.threads >= pool.WORTH_SHARING
        pool.run_everywhere(run, stop, blocks if share else 1)

    def _run_resident(self) -> None:
        blocks = self.geometry.blocks
        if blocks > layout.MAX_RESIDENT:
            limit = f"at most {layout.MAX_RESIDENT} blocks where a barrier is for the whole grid"
            raise ValueError(f"{self.name}: the grid has {blocks} blocks; expected {limit}")
        with pool.workers(blocks) as workers:
            for number, worker in enumerate(workers):
                self._brief(worker, np.array([number]))
            states, turns = [BEGIN] * blocks, 0
            while any(state != DONE for state in states):
                coming = [n for n in range(blocks) if states[n] in (BEGIN, SPINNING)]
                for n in coming or [n for n in range(blocks) if states[n] == PAUSED]:
                    self._advance(workers[n], run_resident, _GOES_ON.get(states[n], n))
                    states[n] = int(workers[n].words[layout.STATUS])
                turns = turns + 1 if coming and all(states[n] == SPINNING for n in coming) else 0
                if turns * TURN >= PATIENCE:
                    raise failure(workers[coming[0]], self.name, self.program, self.fibers)
                if self._wants_all and PAUSED in states and DONE in states:
                    waiting, gone = (workers[states.index(state)] for state in (PAUSED, DONE))
                    raise deserted(waiting, self.name, self.program, self.fibers, gone)

    def _brief(self, worker: Worker, counter: np.ndarray) -> None:
        """Write the launch into a worker's record."""
        words, geometry = worker.words, self.geometry
        alignment = layout.SHARED_ALIGNMENT
        dynamic = -(-self.program.static_shared // alignment) * alignment
        words[layout.BLOCK_DIM : layout.BLOCK_DIM + 3] = geometry.block
        words[layout.GRID_DIM : layout.GRID_DIM + 3] = geometry.grid
        words[layout.DYNAMIC] = words[layout.SHARED] + dynamic
        words[layout.DYNAMIC_BYTES] = geometry.shared
        words[layout.ENTRY] = self.address
        words[layout.ARGUMENTS] = ctypes.cast(self.arguments, ctypes.c_void_p).value
        words[layout.FIBERS] = self.fibers
        words[layout.COUNTER] = counter.ctypes.data
        words[layout.BLOCKS] = geometry.blocks
        words[layout.STEP] = min(_MOST_AT_ONCE, -(-geometry.blocks // (_SHARES * pool.cores())))
        seed = self.modes.seed
        stride, offset = _block_order(seed, geometry.blocks)
        words[layout.BLOCK_STRIDE], words[layout.BLOCK_OFFSET] = stride, offset
        words[layout.SEED] = 0 if seed is None else 2 * seed + 1
        words[layout.POISONED] = dynamic + geometry.shared if self.modes.sanitize else 0
        words[layout.STRICT] = self._wants_all
        words[layout.STATUS] = DONE
        worker.set_threads(geometry.block)
        if self.shadow:
            self.shadow.brief(worker)

    def _advance(self, worker: Worker, step: Callable, *arguments: int) -> None:
        """Run `step` of the scheduler on a worker. Raises what went wrong."""
        goes_on = worker.words[layout.STATUS] in _GOES_ON
        ready = self.fibers if goes_on else min(worker.fibers_ready, self.fibers)
        standing, worker.fibers_ready = worker.fibers_ready, 0  # until all have ended well
        run, pack = scheduler_entry(step)
        run(pack((worker.address, ready, *arguments)))
        if worker.words[layout.STATUS] == DONE:
            worker.fibers_ready = max(standing, self.fibers)
        elif step is not run_resident or worker.words[layout.STATUS] not in _GOES_ON:
            raise failure(worker, self.name, self.program, self.fibers)


def _block_order(seed: int | None, blocks: int) -> tuple[int, int]:
    """Return (stride, offset) that number a grid's blocks anew: a random affine permutation."""
    if seed is None:
        return 1, 0
    numbers = random.Random(seed)
    limit = min(blocks, 2**31)  # products stay below 2^63
    stride = next(n for n in iter(lambda: numbers.randint(1, limit), 0) if math.gcd(n, blocks) == 1)
    return stride, numbers.randrange(limit)


@cache
@global_compiler_lock
def scheduler_entry(step: Callable) -> tuple[Callable, Callable[[tuple], bytes]]:
    """Return a part of the scheduler as a native function, and what packs its arguments."""
    argument_types = (types.int64,) * step.__code__.co_argcount
    _, address = prepare(step, argument_types)
    return _Native(address), packer(argument_types)
