"""Lesson 1: y = 2 x + 1, and a grid with more threads than x has elements."""

import numpy as np

from crosscheck.course.answer import Answer
from crosscheck.course.watched import launch, unwritten
from crosscheck.parity import bounds

SIZE, THREADS = 1000, 128


def check(answer: Answer) -> str:
    x, y = np.linspace(-3, 3, SIZE, dtype=np.float32), unwritten(SIZE)
    blocks = -(-SIZE // THREADS)
    watched = launch(answer["double_and_add"], blocks, THREADS, x, y)
    exact = 2.0 * x.astype(np.float64) + 1
    watched.holds("y", y, exact, bounds.bound(np.float64(2), 2.0 * np.abs(x) + 1, "float32"))
    idle = blocks * THREADS - SIZE
    return f"{SIZE} threads wrote an element each, {idle} of the last block had none."
