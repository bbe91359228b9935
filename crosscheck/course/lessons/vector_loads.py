"""Lesson 8: 128 bits a load, and what is left over at the end."""

import numpy as np

from crosscheck.course.answer import Answer
from crosscheck.course.watched import launch, unwritten
from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu.sanitizer.recorder import ALLOCATION_SPACING
from crosscheck.kernels.cpu.sanitizer.trace import LOAD, STORE, Trace
from crosscheck.kernels.inspect.memory import quads

THREADS, BLOCKS = 64, 2
SIZE = 4 * THREADS * BLOCKS - 61  # the last quad is cut off
SHARE = 0.9  # of the elements, at least: the rest is the end


def check(answer: Answer) -> str:
    x, y = np.arange(SIZE, dtype=np.float32), unwritten(SIZE)
    watched = launch(answer["double"], BLOCKS, THREADS, x, y)
    watched.holds("y", y, 2.0 * x)
    _is_wide("x", "load", watched.accesses(x, LOAD))
    _is_wide("y", "store", watched.accesses(y, STORE))
    return "A warp moves 512 bytes with one instruction, and the last quad element by element."


def _is_wide(name: str, kind: str, trace: Trace) -> None:
    """Raise Wrong unless nearly all accesses are those of load_quad or store_quad.

    On the CPU device these are four accesses, one behind the other.
    """
    in_quads = quads.in_quads(trace)
    single = trace.site[~in_quads]
    if len(single) > (1 - SHARE) * SIZE:
        _, place = trace.sites[single[0]]
        raise Wrong(
            f"{place}: {name} moves 4 bytes a lane, so that a warp needs 4 instructions for 512 "
            f"bytes; expected {kind}_quad, but for the end that is no whole quad"
        )
    elements = trace.select(in_quads)
    of_thread = np.lexsort((elements.thread, elements.block))  # stable: each thread's in its order
    first = elements.address[of_thread][::4] % ALLOCATION_SPACING // 4
    if (first % 4).any():
        at = first[first % 4 != 0][0]
        raise Wrong(
            f"a {kind}_quad begins at {name}[{at}]; expected a multiple of 4: anywhere else a GPU "
            "ends the launch with a misaligned address"
        )
