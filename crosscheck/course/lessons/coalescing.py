"""Lesson 3: rows times factors, with neighbouring lanes at neighbouring addresses."""

import numpy as np

from crosscheck.course import memory
from crosscheck.course.answer import Answer
from crosscheck.course.watched import launch, unwritten

SIDE, GRID, BLOCK = 64, (2, 8), (32, 8)  # 64 x 64 threads, whichever axis is whose


def check(answer: Answer) -> str:
    x = np.arange(SIDE * SIDE, dtype=np.float32).reshape(SIDE, SIDE)
    factor, y = np.arange(SIDE, dtype=np.float32), unwritten(SIDE, SIDE)
    watched = launch(answer["scale"], GRID, BLOCK, x, factor, y)
    watched.holds("y", y, x.astype(np.float64) * factor[:, None])  # integers: exact
    memory.coalesced(watched)
    return "A warp reads and writes 128 neighbouring bytes: 4 sectors, all of them used."
