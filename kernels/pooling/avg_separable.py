"""Average pooling, rows first and then columns: see `tiles`.

    sums[h, q] = sum of x[h, w] over the columns w of the windows in column q
    y[p, q]    = sum of sums[h, q] over the rows h of window (p, q), over divisor(p, q)

The gradient is the same, the other way round: the pixel (h, w) is in a row of windows and a column
of them, so its sum, too, is one along rows and one along columns. Each dy is divided on its way to
the tile. Nothing is subtracted: a running sum, plus the pixel that enters less the one that leaves,
takes two steps whatever the window, but carries its rounding errors along the whole row.

Layout: dense images, (n, c, h, w). Others are left to `vectorized`.

Instructions a tap: 2.5 in rows and in columns, where `direct` takes 8.4 for each of r * s, and 33
in the gradient (the inner loops'; float32, sm_90a). Bytes an element of 3 by 3 taps at stride 1:
8.3, of which 8 are the least.
"""

from functools import cache, partial
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.pooling import tiles
from crosscheck.kernels.pooling.divisor import divisor
from crosscheck.kernels.pooling.geometry import pixels, windows
from crosscheck.kernels.pooling.problem import Problem
from crosscheck.kernels.pooling.tiles import PITCH, ROWS, THREADS, TOGETHER, WIDTH, place_of_block
from crosscheck.kernels.unravel import unravel


@device_function
def quotient(dy, p, q, how):
    return dy / divisor(p, q, *how)


@cache
def build(GRADIENT: bool, VECTOR: int, HEIGHT: int) -> Any:
    """Return the kernel of a direction, for tiles of HEIGHT rows."""
    range_of = windows if GRADIENT else pixels
    bring_tile = tiles.bring(VECTOR, HEIGHT, quotient if GRADIENT else tiles.as_it_is)
    TILE, SUMS = HEIGHT * PITCH, HEIGHT * WIDTH
    ACROSS, GROUPS = WIDTH // TOGETHER, THREADS // WIDTH
    WALKERS = THREADS // ACROSS
    FOUR_ROWS, FOUR_SUMS = TOGETHER * PITCH, TOGETHER * WIDTH

    @kernel
    def separable_kernel(
        x, y, source, target, counts, results, window, stride, padding, counted, sign
    ):
        """x: row of (plane, *source); y: row of (plane, *target); counts, results: see `Tiles`."""
        tile = cuda.shared.array(TILE, real, alignment=16)
        sums = cuda.shared.array(SUMS, real)
        begins = cuda.shared.array(THREADS, np.uint32)
        ends = cuda.shared.array(THREADS, np.uint32)
        acc = cuda.local.array(TOGETHER, real)
        P, Q = target
        how = window, stride, counted, sign
        t = index(cuda.threadIdx.x)
        plane, p_first, q_first = place_of_block(counts, results)
        rows, columns = min(results[0], P - p_first), min(results[1], Q - q_first)

        h, _ = range_of(p_first, window[0], stride[0], padding[0], source[0])
        _, h_end = range_of(p_first + rows - 1, window[0], stride[0], padding[0], source[0])
        w, _ = range_of(q_first, window[1], stride[1], padding[1], source[1])
        _, w_end = range_of(q_first + columns - 1, window[1], stride[1], padding[1], source[1])
        w = w // VECTOR * VECTOR
        bring_tile(x, plane, source, h, w, h_end - h, w_end - w, tile, how)

        begin, end = index(0), index(0)  # of a column beyond the last
        if t < columns:
            begin, end = range_of(q_first + t, window[1], stride[1], padding[1], source[1])
            begin, end = begin - w, end - w
        elif t >= WIDTH and t - WIDTH < rows:
            p = p_first + t - WIDTH
            begin, end = range_of(p, window[0], stride[0], padding[0], source[0])
            begin, end = begin - h, end - h
        begins[t], ends[t] = begin, end
        cuda.syncthreads()  # the tile is there, and where its windows begin and end

        group, q = unravel(t, index(WIDTH))
        while group * TOGETHER < h_end - h:
            for i in range(TOGETHER):
                acc[i] = real(0)
            row = group * FOUR_ROWS
            for at in range(row + index(begins[q]), row + index(ends[q])):
                for i in range(TOGETHER):
                    acc[i] += tile[np.int64(at) + i * PITCH]
            to = group * FOUR_SUMS + q
            for i in range(TOGETHER):
                sums[np.int64(to) + i * WIDTH] = acc[i]
            group += GROUPS
        cuda.syncthreads()  # the sums of all rows are there before their columns are added

        p, q = unravel(t, index(ACROSS))
        while p < rows:
            for i in range(TOGETHER):
                acc[i] = real(0)
            for row in range(index(begins[p + WIDTH]), index(ends[p + WIDTH])):
                at = row * WIDTH + q
                for i in range(TOGETHER):
                    acc[i] += sums[np.int64(at) + i * ACROSS]
            to = np.int64((plane * P + p_first + p) * Q + q_first + q)
            for i in range(TOGETHER):
                column = q + index(i * ACROSS)
                if column < columns:
                    if GRADIENT:
                        y[to + i * ACROSS] = acc[i]
                    else:
                        by = divisor(p_first + p, q_first + column, *how)
                        y[to + i * ACROSS] = acc[i] / by
            p += WALKERS

    separable_kernel.rename(f"{'gradient' if GRADIENT else 'forward'}_separable_kernel_{VECTOR}")
    return separable_kernel


def _pixels(problem: Problem, n: int, axis: int) -> int:
    """Return how many pixels n neighbouring windows span, at most."""
    return (n - 1) * problem.stride[axis] + problem.window[axis]


def _windows(problem: Problem, n: int, axis: int) -> int:
    """Return how many windows n neighbouring pixels are in, at most."""
    return (n + problem.window[axis] - 2) // problem.stride[axis] + 1


def unsupported(problem: Any) -> str:
    """Return why the outputs are not computed in tiles, "" where they are."""
    windows = problem.windows
    return tiles.misfit(partial(_pixels, windows), windows.input_size[2:])


def gradient_unsupported(problem: Any) -> str:
    """Return why the gradient is not computed in tiles, "" where it is."""
    windows = problem.windows
    return tiles.misfit(partial(_windows, windows), windows.output_size[2:])


def prefers(problem: Any, device: str) -> bool:
    windows = problem.windows
    return tiles.pay(device, windows.window, windows.stride, windows.output_size[2:])


def gradient_prefers(problem: Any, device: str) -> bool:
    windows = problem.windows
    return tiles.pay(device, windows.window, windows.stride, windows.input_size[2:])


def run(problem: Problem, arguments: tuple, x: Array, y: Array, gradient: bool = False) -> bool:
    """Compute y, or with `gradient` dx of dy, if x, or dy, are dense images; return whether.

    arguments: the geometry and divisor, as `direct` takes them. Where y lies changes no order of a
    sum: what is not dense is computed beside it and copied.
    """
    if not x.flags.c_contiguous:
        return False
    if not y.size:
        return True
    source, target = x.shape[2:], y.shape[2:]
    height = ROWS[computed(x.dtype).type]
    reach = partial(_windows if gradient else _pixels, problem)
    shape = tiles.tiles(reach, source, target, height)
    row, out = x.reshape(-1), y
    if not y.flags.c_contiguous:
        out = empty(y.shape, y.dtype, y)
    kernel = build(gradient, tiles.vector(row, source[1]), height)
    blocks = x.shape[0] * x.shape[1] * shape.counts[0] * shape.counts[1]
    launch = kernel[blocks, THREADS]
    launch(row, out.reshape(-1), source, target, shape.counts, shape.results, *arguments)
    if out is not y:
        y[...] = out
    return True
