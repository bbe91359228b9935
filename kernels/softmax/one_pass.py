"""Softmax and log_softmax in one pass: a warp keeps its row in registers, n up to 1024.

The formulas are those of `direct`. Lane t of a warp holds the elements t, t + 32, ... of its row:
it loads all of them before it looks at the first, and what `tree` reads again, for the sum and for
the result, is in registers here. Sums and the largest go from lane to lane, by shuffles in a fixed
order, without shared memory or a barrier. Arrays are (outer, n, 1), so that a warp reads
neighbours; any strides.

What it gains: 8 bytes an element where `tree` reads three times and writes once, 16; the caches
serve two of the reads, if the row is still there. In the gradients 12 for 20 and 16 (softmax,
log_softmax). Up to 32 loads of a lane are under way at once. A lane of 32 elements takes 78 to 80
registers, 168 in the gradients, and at most 60 instructions an element in log_softmax and 87 in
softmax, which divides (all that are there, though not all run; float32, sm_90a).
"""

import math
from functools import cache
from typing import Any

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.softmax.rows import Rows
from crosscheck.kernels.warp_reduce import WARP, row_and_lane, warp_max, warp_sum

THREADS = 128
KEPT = (4, 32)  # elements of a lane: for rows up to 128, and up to 1024


@cache
def build(name: str, KEPT: int) -> Any:
    """Return the kernel of this name for rows of at most 32 * KEPT elements."""

    @device_function
    def load(array, row, t, kept):
        for i in range(KEPT):
            j = t + index(WARP * i)
            kept[i] = array[row, j, 0] if j < index(array.shape[1]) else real(-math.inf)

    @device_function
    def largest_and_sum(kept, t, n):
        """Return m and the sum of exp(x - m), as log_sum_exp.py has them; NaN is in the sum."""
        m = real(-math.inf)
        for i in range(KEPT):
            m = max(m, kept[i]) if kept[i] == kept[i] else m
        m = warp_max(m)
        s = real(0)
        for i in range(KEPT):
            if t + index(WARP * i) < n:
                s += math.exp(kept[i] - m)
        return m, warp_sum(s)

    @kernel
    def softmax(x, y):
        kept = cuda.local.array(KEPT, real)
        row, t = row_and_lane()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept)
            m, s = largest_and_sum(kept, t, n)
            for i in range(KEPT):
                j = t + index(WARP * i)
                if j < n:
                    y[row, j, 0] = math.exp(kept[i] - m) / s

    @kernel
    def log_softmax(x, y):
        kept = cuda.local.array(KEPT, real)
        row, t = row_and_lane()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept)
            m, s = largest_and_sum(kept, t, n)
            log_s = math.log(s)
            for i in range(KEPT):
                j = t + index(WARP * i)
                if j < n:
                    y[row, j, 0] = (kept[i] - m) - log_s

    # The derivatives are above the kernels of `direct`.
    @kernel
    def softmax_gradient(dy, y, dx):
        slopes, results = cuda.local.array(KEPT, real), cuda.local.array(KEPT, real)
        row, t = row_and_lane()
        n = index(dy.shape[1])
        if row < index(dy.shape[0]):
            load(dy, row, t, slopes)
            load(y, row, t, results)
            dot = real(0)
            for i in range(KEPT):
                if t + index(WARP * i) < n:
                    dot += slopes[i] * results[i]
            dot = warp_sum(dot)
            for i in range(KEPT):
                j = t + index(WARP * i)
                if j < n:
                    dx[row, j, 0] = results[i] * (slopes[i] - dot)

    @kernel
    def log_softmax_gradient(dy, y, dx):
        slopes, results = cuda.local.array(KEPT, real), cuda.local.array(KEPT, real)
        row, t = row_and_lane()
        n = index(dy.shape[1])
        if row < index(dy.shape[0]):
            load(dy, row, t, slopes)
            load(y, row, t, results)
            total = real(0)
            for i in range(KEPT):
                if t + index(WARP * i) < n:
                    total += slopes[i]
            total = warp_sum(total)
            for i in range(KEPT):
                j = t + index(WARP * i)
                if j < n:
                    dx[row, j, 0] = slopes[i] - math.exp(results[i]) * total

    made = {
        "softmax": softmax,
        "log_softmax": log_softmax,
        "softmax_gradient": softmax_gradient,
        "log_softmax_gradient": log_softmax_gradient,
    }[name]
    made.rename(f"{name}_kernel_{KEPT}")
    return made


def unsupported(rows: Rows) -> str:
    """Return why a warp cannot keep such a row, "" where it can."""
    most = WARP * KEPT[-1]
    if rows.n > most:
        return f"rows have {rows.n} elements; expected at most {most}"
    return "" if rows.inner == 1 else f"elements are {rows.inner} apart; expected neighbours"


def on_a_gpu(rows: Rows, device: str) -> bool:
    """Whether it pays: on the CPU each shuffle switches between the fibers of a warp."""
    return device != "cpu"


def _launch(name: str, rows: Rows, *arrays: Array) -> None:
    kept = next(each for each in KEPT if rows.n <= WARP * each)
    build(name, kept).forall(rows.outer * WARP, THREADS)(*arrays)


def softmax(rows: Rows, x: Array, y: Array) -> None:
    _launch("softmax", rows, x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    _launch("log_softmax", rows, x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    _launch("softmax_gradient", rows, dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    _launch("log_softmax_gradient", rows, dy, y, dx)
