"""Lesson 4: a convolution along a row, which loads each number of its input once a block."""

import numpy as np

from crosscheck.course.answer import Answer
from crosscheck.course.watched import by_line, launch, unwritten
from crosscheck.course.wrong import Wrong
from crosscheck.kernels.cpu.sanitizer.trace import LOAD
from crosscheck.parity import bounds

BLOCKS, THREADS, TAPS = 3, 128, 9
LEAST = (THREADS + TAPS - 1) / THREADS  # a block's outputs, and the halo at their end


def check(answer: Answer) -> str:
    rng = np.random.default_rng(4)
    x = rng.standard_normal(BLOCKS * THREADS + TAPS - 1, dtype=np.float32)
    w, y = rng.standard_normal(TAPS, dtype=np.float32), unwritten(BLOCKS * THREADS)
    watched = launch(answer["convolve"], BLOCKS, THREADS, x, w, y)
    windows = np.lib.stride_tricks.sliding_window_view(x.astype(np.float64), TAPS)
    magnitude = np.abs(windows) @ np.abs(w.astype(np.float64))
    watched.holds("y", y, windows @ w, bounds.bound(np.float64(TAPS), magnitude, "float32"))
    loads = by_line(watched.accesses(x, LOAD))
    share = sum(loads.values()) / y.size
    if share > LEAST:
        lines = ", ".join(f"{place}: {n / y.size:.2f}" for (_, place), n in loads.items())
        text = f"x is loaded {share:.2f} times for each output; expected {LEAST:.2f}"
        raise Wrong(f"{text}, the block's outputs and the halo ({lines})")
    return f"x is loaded {share:.2f} times for each output, where each of them needs {TAPS} of it."
