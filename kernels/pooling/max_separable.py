"""Max pooling, rows first and then columns: see `tiles`.

    best[h, q] = the largest of x[h, w] over the taps w of the windows in column q, and its w
    y[p, q]    = the largest of best[h, q] over the taps h of window (p, q)

Which of equal elements wins is `max_pool2d`'s, the first in row-major order, and a NaN beats
everything, the last one of a window its others: the first of a row that has the largest element of
its row, in the first row that has the largest of all, is the first of all; and so is the last NaN
of the last row that has one. Padding is not read, as the ranges of taps leave it out.

Layout: dense images, (n, c, h, w). Others are left to `vectorized`.

Instructions a tap: 6.3 in rows and 6.5 in columns, where `direct` takes 16 for each of r * s (the
inner loops'; float32, sm_90a). For 4 by 4 taps at stride 1 that makes about 95 an output, all
included; an H200 issues 115 in the time in which it moves the output's bytes, of which 16.7 are
asked for and 16 are the least: pixel, value and index.
"""

from functools import cache, partial
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.pooling import tiles
from crosscheck.kernels.pooling.geometry import pixels, taps
from crosscheck.kernels.pooling.max_vectorized import larger
from crosscheck.kernels.pooling.problem import Problem
from crosscheck.kernels.pooling.tiles import PITCH, ROWS, THREADS, TOGETHER, WIDTH, place_of_block
from crosscheck.kernels.unravel import unravel


@cache
def build(VECTOR: int, HEIGHT: int) -> Any:
    """Return the kernel for tiles of HEIGHT rows."""
    bring_tile = tiles.bring(VECTOR, HEIGHT, tiles.as_it_is)
    TILE, RESULTS = HEIGHT * PITCH, HEIGHT * WIDTH
    ACROSS, GROUPS = WIDTH // TOGETHER, THREADS // WIDTH
    WALKERS = THREADS // ACROSS
    FOUR_ROWS, FOUR_RESULTS = TOGETHER * PITCH, TOGETHER * WIDTH

    @kernel
    def forward_separable_kernel(
        x, y, indices, source, target, counts, results, span, stride, padding, dilation
    ):
        """x: row of (plane, h, w); y, indices: of (plane, p, q); counts, results: see `Tiles`."""
        tile = cuda.shared.array(TILE, real, alignment=16)
        values = cuda.shared.array(RESULTS, real)
        places = cuda.shared.array(RESULTS, np.uint32)
        begins = cuda.shared.array(THREADS, np.uint32)
        ends = cuda.shared.array(THREADS, np.uint32)
        best = cuda.local.array(TOGETHER, real)
        best_at = cuda.local.array(TOGETHER, np.uint32)
        H, W = source
        P, Q = target
        t = index(cuda.threadIdx.x)
        plane, p_first, q_first = place_of_block(counts, results)
        rows, columns = min(results[0], P - p_first), min(results[1], Q - q_first)

        h, _ = pixels(p_first, span[0], stride[0], padding[0], H)
        _, h_end = pixels(p_first + rows - 1, span[0], stride[0], padding[0], H)
        w, _ = pixels(q_first, span[1], stride[1], padding[1], W)
        _, w_end = pixels(q_first + columns - 1, span[1], stride[1], padding[1], W)
        w = w // VECTOR * VECTOR
        bring_tile(x, plane, source, h, w, h_end - h, w_end - w, tile, 0)

        begin, end = index(0), index(0)  # of a column beyond the last
        if t < columns:
            begin, end = taps(q_first + t, span[1], stride[1], padding[1], dilation[1], W)
            begin, end = begin - w, end - w
        elif t >= WIDTH and t - WIDTH < rows:
            p = p_first + t - WIDTH
            begin, end = taps(p, span[0], stride[0], padding[0], dilation[0], H)
            begin, end = begin - h, end - h
        begins[t], ends[t] = begin, end
        cuda.syncthreads()  # the tile is there, and where its windows begin and end

        group, q = unravel(t, index(WIDTH))
        while group * TOGETHER < h_end - h:
            begin, end = index(begins[q]), index(ends[q])
            row = group * FOUR_ROWS
            at = np.int64(row + begin)
            for i in range(TOGETHER):
                best[i], best_at[i] = tile[at + i * PITCH], begin
            for column in range(begin + dilation[1], end, dilation[1]):
                at = np.int64(row + column)
                for i in range(TOGETHER):
                    value, there = tile[at + i * PITCH], index(best_at[i])
                    best[i], best_at[i] = larger(value, column, best[i], there)
            to = np.int64(group * FOUR_RESULTS + q)
            place = (h + group * TOGETHER) * W + w
            for i in range(TOGETHER):
                values[to + i * WIDTH] = best[i]
                places[to + i * WIDTH] = place + index(best_at[i])
                place += W
            group += GROUPS
        cuda.syncthreads()  # the best of all rows are there before their columns are compared

        p, q = unravel(t, index(ACROSS))
        while p < rows:
            begin, end = index(begins[p + WIDTH]), index(ends[p + WIDTH])
            at = np.int64(begin * WIDTH + q)
            for i in range(TOGETHER):
                best[i], best_at[i] = values[at + i * ACROSS], places[at + i * ACROSS]
            for row in range(begin + dilation[0], end, dilation[0]):
                at = np.int64(row * WIDTH + q)
                for i in range(TOGETHER):
                    value, place = values[at + i * ACROSS], index(places[at + i * ACROSS])
                    best[i], best_at[i] = larger(value, place, best[i], index(best_at[i]))
            to = np.int64((plane * P + p_first + p) * Q + q_first + q)
            for i in range(TOGETHER):
                if q + index(i * ACROSS) < columns:
                    y[to + i * ACROSS] = best[i]
                    indices[to + i * ACROSS] = index(best_at[i])
            p += WALKERS

    forward_separable_kernel.rename(f"forward_separable_kernel_{VECTOR}")
    return forward_separable_kernel


def _pixels(problem: Problem, n: int, axis: int) -> int:
    """Return how many pixels n neighbouring windows span, at most."""
    return (n - 1) * problem.stride[axis] + problem.span[axis]


def unsupported(problem: Problem) -> str:
    """Return why the outputs are not computed in tiles, "" where they are."""
    image, dilation = problem.input_size[2:], problem.dilation
    if any(d > h for d, h in zip(dilation, image, strict=True)):
        return f"dilation is {dilation}; a window may have no tap in an image of {image}"
    return tiles.misfit(partial(_pixels, problem), image)


def prefers(problem: Problem, device: str) -> bool:
    return tiles.pay(device, problem.window, problem.stride, problem.output_size[2:])


def forward(problem: Problem, x: Array, y: Array, indices: Array) -> bool:
    """Compute y and the indices, if all are dense images; return whether they were."""
    if not all(each.flags.c_contiguous for each in (x, y, indices)):
        return False
    if not y.size:
        return True
    source, target = x.shape[2:], y.shape[2:]
    height = ROWS[computed(x.dtype).type]
    shape = tiles.tiles(partial(_pixels, problem), source, target, height)
    row = x.reshape(-1)
    kernel = build(tiles.vector(row, source[1]), height)
    blocks = x.shape[0] * x.shape[1] * shape.counts[0] * shape.counts[1]
    how = problem.span, problem.stride, problem.padding, problem.dilation
    outputs = y.reshape(-1), indices.reshape(-1)
    launch = kernel[blocks, THREADS]
    launch(row, *outputs, source, target, shape.counts, shape.results, *how)
    return True
