"""Softmax and log_softmax in one pass: a row stays in registers, n up to 4096.

The formulas are those of `direct`, the threads those of `kernels.held_row`: what `tree` reads
again, for the sum and for the result, is in registers here. Arrays are (outer, n, 1); any strides.

What it gains: 8 bytes an element where `tree` reads three times and writes once, 16; the caches
serve two of the reads, if the row is still there. In the gradients 12 for 20 and 16 (softmax,
log_softmax). With 32 elements a lane, at most 53 instructions an element in log_softmax and 70 in
softmax, which divides, 66 and 58 in their gradients, in 63, 80, 114 and 121 registers (all that
are there, though not all run; float32, sm_90a).
"""

import math
from functools import cache, partial

from crosscheck.kernels import held_row
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.held_row import Holder
from crosscheck.kernels.launch import Kernel, cuda, index, kernel, real
from crosscheck.kernels.softmax.rows import Rows


@cache
def build(name: str, holder: Holder) -> Kernel:
    """Return the kernel of this name for the rows of a holder."""
    WIDTH, KEPT, WARPS, BOUNDS, place, load, total, row_max, row_sum_exp, row_to_exp = holder

    @kernel(launch_bounds=BOUNDS)
    def softmax(x, y):
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            m = row_max(kept, t, scratch)
            s = row_to_exp(kept, m, t, scratch)
            for i in range(KEPT):
                j = t + index(WIDTH * i)
                if j < n:
                    y[row, j, 0] = kept[i] / s

    @kernel(launch_bounds=BOUNDS)
    def log_softmax(x, y):
        scratch, kept = cuda.shared.array(WARPS, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(x.shape[1])
        if row < index(x.shape[0]):
            load(x, row, t, kept, real(-math.inf))
            m = row_max(kept, t, scratch)
            log_s = math.log(row_sum_exp(kept, m, t, scratch))
            for i in range(KEPT):
                j = t + index(WIDTH * i)
                if j < n:
                    y[row, j, 0] = (kept[i] - m) - log_s

    # The derivatives are above the kernels of `direct`.
    @kernel(launch_bounds=BOUNDS)
    def softmax_gradient(dy, y, dx):
        scratch = cuda.shared.array(WARPS, real)
        slopes, results = cuda.local.array(KEPT, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(dy.shape[1])
        if row < index(dy.shape[0]):
            load(dy, row, t, slopes, real(0))
            load(y, row, t, results, real(0))
            dot = real(0)
            for i in range(KEPT):
                dot += slopes[i] * results[i]
            dot = total(dot, t, scratch)
            for i in range(KEPT):
                j = t + index(WIDTH * i)
                if j < n:
                    dx[row, j, 0] = results[i] * (slopes[i] - dot)

    @kernel(launch_bounds=BOUNDS)
    def log_softmax_gradient(dy, y, dx):
        scratch = cuda.shared.array(WARPS, real)
        slopes, results = cuda.local.array(KEPT, real), cuda.local.array(KEPT, real)
        row, t = place()
        n = index(dy.shape[1])
        if row < index(dy.shape[0]):
            load(dy, row, t, slopes, real(0))
            load(y, row, t, results, real(0))
            sum = real(0)
            for i in range(KEPT):
                sum += slopes[i]
            sum = total(sum, t, scratch)
            for i in range(KEPT):
                j = t + index(WIDTH * i)
                if j < n:
                    dx[row, j, 0] = slopes[i] - math.exp(results[i]) * sum

    made = {
        "softmax": softmax,
        "log_softmax": log_softmax,
        "softmax_gradient": softmax_gradient,
        "log_softmax_gradient": log_softmax_gradient,
    }[name]
    made.rename(f"{name}_kernel_{WIDTH}x{KEPT}")
    return made


def unsupported(rows: Rows) -> str:
    """Return why threads cannot keep such a row, "" where they can."""
    return held_row.unsupported(rows.n, rows.inner)


def on_a_gpu(rows: Rows, device: str) -> bool:
    """Whether it pays: on the CPU each shuffle switches between the fibers of a warp."""
    return device != "cpu"


def _launch(name: str, rows: Rows, *arrays: Array) -> None:
    held_row.launch(partial(build, name), rows.outer, rows.n, *arrays)


def softmax(rows: Rows, x: Array, y: Array) -> None:
    _launch("softmax", rows, x, y)


def log_softmax(rows: Rows, x: Array, y: Array) -> None:
    _launch("log_softmax", rows, x, y)


def softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    _launch("softmax_gradient", rows, dy, y, dx)


def log_softmax_gradient(rows: Rows, dy: Array, y: Array, dx: Array) -> None:
    _launch("log_softmax_gradient", rows, dy, y, dx)
