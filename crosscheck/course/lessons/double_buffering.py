"""Lesson 9: the next chunk is under way while this one is multiplied."""

import re

import numpy as np

from crosscheck.course import barriers
from crosscheck.course.answer import Answer
from crosscheck.course.watched import Watched, by_line, launch, unwritten
from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu.sanitizer.trace import LOAD, SHARED, STORE
from crosscheck.parity import bounds

CHUNKS, THREADS = 4, 64
TERMS = CHUNKS * THREADS
# What a thread does: it loads of x (L), stores to the tile (S), reads the tile for products (R).
SERIAL = "LSR" * CHUNKS
STORED_EARLY = "LS" + "LSR" * (CHUNKS - 1)  # the last two R are one
GOAL = "LS" + "LRS" * (CHUNKS - 1) + "R"


def check(answer: Answer) -> str:
    watched, x = _run(answer)
    parts = {
        "L": watched.accesses(x, LOAD),
        "S": watched.shared(STORE),
        "R": watched.shared(LOAD),
    }
    place = {
        letter: ([place for _, place in by_line(trace)] or [""])[-1]
        for letter, trace in parts.items()
    }
    order = _order(watched, x)
    if order == SERIAL:
        raise Wrong(
            f"{place['L']}: the next chunk is loaded when the products of this one are done "
            f"({place['R']}): nothing is under way while a thread multiplies"
        )
    if order == STORED_EARLY:
        raise Wrong(
            f"{place['S']}: the next chunk is stored before the products ({place['R']}): a store "
            "waits for its load, and a GPU's thread runs in order. Store it behind them"
        )
    if order != GOAL:
        expected = f"expected {GOAL}: L loads x, S stores to the tile, R reads it"
        raise Wrong(f"the order of a thread's accesses is {order}; {expected}")
    if len(np.unique(parts["S"].address)) < 2 * THREADS:
        raise Wrong(
            f"{place['S']}: the next chunk is stored where this one was, so that a turn needs "
            "two barriers; expected two tiles in turns, and one barrier"
        )
    barriers.each_without(answer, _run)
    return f"{len(barriers.lines(answer))} barriers, and a load under way during all products."


def _order(watched: Watched, x: np.ndarray) -> str:
    """Return the letters of what thread 0 does, in its order; reads in a row are one."""
    trace = watched.trace.select(watched.trace.thread == 0)
    letters = {(SHARED, STORE): "S", (SHARED, LOAD): "R"}
    of_x = set(watched.accesses(x, LOAD).site.tolist())
    found = (
        "L" if site in of_x else letters.get((space, kind), "")
        for site, space, kind in zip(
            trace.site.tolist(), trace.space.tolist(), trace.kind.tolist(), strict=True
        )
    )
    return re.sub("R+", "R", "".join(found))


def _run(answer: Answer) -> tuple[Watched, np.ndarray]:
    rng = np.random.default_rng(9)
    x = rng.standard_normal(TERMS, dtype=np.float32)
    w, y = rng.standard_normal((TERMS, THREADS), dtype=np.float32), unwritten(THREADS)
    watched = launch(answer["linear"], 1, THREADS, x, w, y)
    exact, magnitude = (f(x.astype(np.float64)) @ f(w.astype(np.float64)) for f in (np.array, abs))
    watched.holds("y", y, exact, bounds.bound(np.float64(TERMS), magnitude, "float32"))
    return watched, x
