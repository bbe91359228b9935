"""The Mandelbrot set: the number of steps until a point escapes. Threads of a warp diverge."""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE, STEPS = 16, 64
LEFT, BOTTOM, SIDE = -2.0, -1.25, 2.5


def mandelbrot(x, y, steps):
    column, row = cuda.grid(2)
    if row < steps.shape[0] and column < steps.shape[1]:
        a = float32(0)
        b = float32(0)
        count = 0
        while count < STEPS and a * a + b * b <= float32(4):
            a, b = a * a - b * b + x[column], float32(2) * a * b + y[row]
            count += 1
        steps[row, column] = count


@njit(parallel=True, cache=True)
def loop(x, y, steps):
    for row in prange(steps.shape[0]):
        for column in range(steps.shape[1]):
            a = float32(0)
            b = float32(0)
            count = 0
            while count < STEPS and a * a + b * b <= float32(4):
                a, b = a * a - b * b + x[column], float32(2) * a * b + y[row]
                count += 1
            steps[row, column] = count


def problem(random: np.random.Generator, size: int) -> Problem:
    """`size` x `size` points. Rounding moves a few of them across the border of the set."""
    x, y = (np.linspace(low, low + SIDE, size, dtype=np.float32) for low in (LEFT, BOTTOM))
    z = np.zeros((size, size), np.complex64)
    c = x + 1j * y[:, None]
    expected = np.zeros(z.shape, np.int32)
    for _ in range(STEPS):
        inside = z.real**2 + z.imag**2 <= 4
        expected += inside
        z[inside] = z[inside] ** 2 + c[inside]
    side = blocks(size, TILE)
    arguments = (x, y, np.empty_like(expected))
    return Problem((side, side), (TILE, TILE), arguments, expected, outliers=0.01, initial=-1)


CASES = (Case("Mandelbrot", mandelbrot, loop, problem, small=40, large=200),)
