"""Lesson 4: y[i] = sum over s of x[i + s] * w[s]. It is right, and loads each x nine times.

Load what a block needs of x into shared memory once: THREADS numbers, and TAPS - 1 behind them
(tile = cuda.shared.array(TILE, float32)).
Every block is whole: y has THREADS elements a block, x has TAPS - 1 more than y.
"""

from numba import cuda, float32

THREADS = 128
TAPS = 9
TILE = THREADS + TAPS - 1  # a shared array's size is a number of the module


@cuda.jit
def convolve(x, w, y):
    """x (i + s), w (s), y (i)."""
    i = cuda.grid(1)
    total = float32(0)
    for s in range(TAPS):
        total += x[i + s] * w[s]
    y[i] = total
