"""Lesson 7: a matrix product whose threads keep several outputs in registers."""

import numpy as np

from crosscheck.course.answer import Answer
from crosscheck.course.watched import by_line, launch, unwritten
from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu.sanitizer.trace import LOAD
from crosscheck.parity import bounds

TILE, TERMS = 32, 64
MOST = 1.25  # words from shared memory for a product: 4 outputs share one of them


def check(answer: Answer) -> str:
    rng = np.random.default_rng(7)
    a = rng.standard_normal((TILE, TERMS), dtype=np.float32)
    b = rng.standard_normal((TERMS, TILE), dtype=np.float32)
    c, block = unwritten(TILE, TILE), answer["BLOCK"]
    watched = launch(answer["product"], 1, block, a, b, c)
    exact, magnitude = (f(a.astype(np.float64)) @ f(b.astype(np.float64)) for f in (np.array, abs))
    watched.holds("c", c, exact, bounds.bound(np.float64(TERMS), magnitude, "float32"))
    loads = by_line(watched.shared(LOAD))
    if not loads:
        raise Wrong("nothing is read from shared memory; expected tiles of a and b in it")
    products = c.size * TERMS
    share, outputs = sum(loads.values()) / products, c.size / np.prod(block)
    if share > MOST:
        lines = ", ".join(f"{name}, {at}: {n / products:.2f}" for (name, at), n in loads.items())
        raise Wrong(
            f"a thread has {outputs:g} outputs, and a product takes {share:.2f} words from shared "
            f"memory; expected {MOST} at most, by a word that several outputs use ({lines})"
        )
    return f"A product takes {share:.2f} words from shared memory, {outputs:g} outputs a thread."
