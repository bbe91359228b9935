"""The weight gradient of a depthwise convolution in columns.

    dw[k, r, s] = sum over n, p, q of dy[n, k, p, q] * x[n, channel of k, h, v]

A block computes a piece of the filters of `lanes` channels, from one part of the positions: strips
and columns as in columns.py, one after the other. At each a thread reads up to 8 output gradients
and, for each column s of the piece, the pixels that they meet; the sums of the piece stay in its
registers. At the end the threads that share a filter add their sums by a tree, in a fixed order.

lanes   1: all threads of a block work for one filter, neighbours at neighbouring columns
        32: where the channels lie together in memory, a warp works for neighbouring filters
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.convolution.strips import COLUMN, STRIP, Shape
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import hold, load_quad
from crosscheck.kernels.unravel import advance, unravel

THREADS = 128
MOST_COLUMNS = 4  # of a piece: as many calls of `add` are written out


class Variant(NamedTuple):
    """What a block computes: see above; shared: whether several filters read a channel."""

    shape: Shape
    lanes: int
    shared: bool

    def __str__(self) -> str:
        return f"{self.shape}_{self.lanes}" + "_shared" * self.shared


@cache
def build(variant: Variant) -> Kernel:
    """Return the kernel of a variant."""
    ROWS, STRIDE, TAPS, SPAN, _ = variant.shape
    HEIGHT, SHARED, LANES = variant.shape.height, variant.shared, variant.lanes
    SUMS, WALKERS = TAPS * SPAN, THREADS // LANES
    SCRATCH, TREE, LAST = (SUMS, THREADS), THREADS // 2, LANES - 1

    @device_function
    def add(x, pixel, row_step, seen, outputs, s, pixels, gradients, acc):
        """Add the products with one column of pixels."""
        for i in range(HEIGHT):
            row, at = hold(x, pixel + np.uint64(row_step) * np.uint64(i))
            pixels[i] = real(0)
            if seen & (1 << i) != 0:
                pixels[i] = row[at]
        for i in range(ROWS):
            if outputs & (1 << i) != 0:  # an output that is missing meets no infinite pixel
                for r in range(TAPS):
                    acc[r * SPAN + s] += pixels[i * STRIDE + r] * gradients[i]

    @device_function
    def visible(inside, v, W):
        """Return the bits of rows inside the image in column v; left of it wraps to right of it."""
        if v >= W:
            return inside - inside
        return inside

    @kernel
    def weight_gradient_kernel(
        x, dy, parts, strips, columns, sizes, share, pieces, m, window, W, row_step, steps, xs, ys
    ):
        """x, dy, strips, columns flat; parts (part, k, r, s).

        sizes: n, k, strips, columns; share: positions of a part; pieces: of a strip and a column;
        m: filters of a channel; window: r, s; row_step, steps: as in columns.py; xs, ys: strides of
        x (n, channel) and dy (n, k, output).
        """
        scratch = cuda.shared.array(SCRATCH, real)
        pixels = cuda.local.array(HEIGHT, real)
        gradients = cuda.local.array(ROWS, real)
        acc = cuda.local.array(SUMS, real)
        N, K, down, across = sizes
        R, S = window
        t = index(cuda.threadIdx.x)
        block, lower, right = unravel(index(cuda.blockIdx.x), pieces[0], pieces[1])
        part, some = unravel(block, (K + LAST) // LANES)
        k = some * LANES + t % LANES
        here = min(k, K - 1)  # past the end: computed, not stored
        channel = here
        if SHARED:
            channel = here // m
        for j in range(SUMS):
            acc[j] = real(0)

        step = unravel(index(WALKERS), down, across)
        position = part * share + t // LANES
        at = unravel(position, down, across)
        for _ in range(t // LANES, share, WALKERS):
            n, strip, column = at
            if n < N:
                entry = (strip * pieces[0] + lower) * STRIP
                x_strip, inside, _, _ = load_quad(strips, entry)
                y_strip, outputs, _, _ = load_quad(strips, np.int64(entry) + 4)
                entry = (column * pieces[1] + right) * COLUMN
                x_column, left, _, _ = load_quad(columns, entry)
                y_column, _, _, _ = load_quad(columns, np.int64(entry) + 4)
                first = n * ys[0] + here * ys[1] + index(y_strip) + index(y_column)
                for i in range(ROWS):
                    row, to = hold(dy, np.uint64(first) + np.uint64(ys[2]) * np.uint64(i))
                    gradients[i] = real(0)
                    if outputs & (1 << i) != 0:
                        gradients[i] = row[to]
                # Pixels may begin before the image: that offset wraps, and so does the sum.
                start = n * xs[0] + channel * xs[1]
                pixel = np.uint64(start) + np.uint64(np.int64(x_strip) + np.int64(x_column))
                v = index(left)
                add(x, pixel, row_step, visible(inside, v, W), outputs, 0, pixels, gradients, acc)
                if SPAN > 1:
                    v += steps[0]
                    pixel += np.uint64(steps[1])
                    add(
                        x,
                        pixel,
                        row_step,
                        visible(inside, v, W),
                        outputs,
                        1,
                        pixels,
                        gradients,
                        acc,
                    )
                if SPAN > 2:
                    v += steps[0]
                    pixel += np.uint64(steps[1])
                    add(
                        x,
                        pixel,
                        row_step,
                        visible(inside, v, W),
                        outputs,
                        2,
                        pixels,
                        gradients,
                        acc,
                    )
                if SPAN > 3:
                    v += steps[0]
                    pixel += np.uint64(steps[1])
                    add(
                        x,
                        pixel,
                        row_step,
                        visible(inside, v, W),
                        outputs,
                        3,
                        pixels,
                        gradients,
                        acc,
                    )
            at = advance(at, step, down, across)

        for j in range(SUMS):
            scratch[j, t] = acc[j]
        cuda.syncthreads()  # every sum is there before the tree reads it
        half = index(TREE)
        while half >= LANES:
            if t < half:
                for j in range(SUMS):
                    scratch[j, t] += scratch[j, t + half]
            cuda.syncthreads()  # this level is complete before the next one reads it
            half //= 2
        if t < LANES and k < K:
            for j in range(SUMS):
                r, s = lower * TAPS + index(j // SPAN), right * SPAN + index(j % SPAN)
                if r < R and s < S:
                    parts[part, k, r, s] = scratch[j, t]

    weight_gradient_kernel.rename(f"weight_gradient_kernel_{variant}")
    return weight_gradient_kernel
