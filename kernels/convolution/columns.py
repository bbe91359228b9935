"""A depthwise convolution in columns: a pixel that is read once feeds many products of one thread.

    y[k, p, q] = bias[k] + sum over r, s of x[channel of k, h, v] * w[k, r, s]

A filter sees one channel of the image, so it shares no pixel with another, and what remains is the
overlap of its windows. A thread computes up to 8 outputs of one column q. For each column s of the
filter it reads the pixels that these outputs need, and multiplies each with all the taps that meet
it: for 3 x 3, 24 FMAs for 13 loads. What it computes at once is a constant of the kernel (`Shape`
in strips.py), so pixels and sums lie in registers.

What does not depend on image and channel is looked up (strips.py): where pixels and taps begin, and
which rows are inside the image, as bits. A column outside the image clears them all. The outside
counts as zeros, which are multiplied.

Threads: neighbours along q, or along the channels where those lie together in memory.
"""

from functools import cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.convolution.strips import COLUMN, STRIP, Shape
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import hold, load_quad
from crosscheck.kernels.unravel import unravel

FORWARD, BACKWARD, ANY = 1, -1, 0


class Variant(NamedTuple):
    """What a thread computes, and what the kernel need not ask.

    dense          FORWARD or BACKWARD: neighbours in a row of pixels or taps are neighbours in
                   memory, the taps in this direction; so their addresses are constants apart
    once           whether there is one piece of one channel to add
    shared         whether several filters read a channel
    channels_last  whether neighbouring threads own neighbouring channels
    relu           whether outputs below 0 become 0
    """

    shape: Shape
    dense: int
    once: bool
    shared: bool
    channels_last: bool
    relu: bool

    def __str__(self) -> str:
        dense = {FORWARD: "dense", BACKWARD: "dense_backward", ANY: ""}[self.dense]
        names = "" if self.once else "summed", self.shared and "shared", dense
        ends = self.channels_last and "channels_last", self.relu and "relu"
        return "_".join(filter(None, (str(self.shape), *names, *ends)))


@cache
def build(variant: Variant) -> Kernel:
    """Return the kernel of a variant."""
    ROWS, STRIDE, TAPS, SPAN, WHOLE = variant.shape
    HEIGHT, DENSE, ONCE = variant.shape.height, variant.dense, variant.once
    SHARED, CHANNELS_LAST, RELU = variant.shared, variant.channels_last, variant.relu

    @device_function
    def place(i, sizes):
        """Return (n, k, strip, column) of thread i."""
        _, K, strips, columns = sizes
        if CHANNELS_LAST:
            n, strip, column, k = unravel(i, strips, columns, K)
            return n, k, strip, column
        return unravel(i, K, strips, columns)

    @device_function
    def add(x, w, x_at, w_at, strip, column, W, row_step, steps, tap_steps, pixels, acc):
        """Add the products of a piece of the filter; strip, column: the first quads of each.

        Pixels may begin before the image: that offset wraps, and so does the sum.
        """
        x_strip, inside, tap_strip, rows = strip
        x_column, left, tap_column, columns = column
        pixel = np.uint64(x_at) + np.uint64(np.int64(x_strip) + np.int64(x_column))
        tap = np.uint64(w_at) + np.uint64(np.int64(tap_strip) + np.int64(tap_column))
        taps, first = hold(w, tap)
        v = index(left)
        for s in range(SPAN):
            if WHOLE or columns & (1 << s) != 0:
                seen = inside
                if v >= W:  # left of the image wraps to right of it
                    seen -= inside
                for i in range(HEIGHT):
                    row, at = hold(x, pixel + np.uint64(row_step) * np.uint64(i))
                    pixels[i] = real(0)
                    if seen & (1 << i) != 0:
                        pixels[i] = row[at + np.uint64(steps[1]) * np.uint64(s)]
                for r in range(TAPS):
                    if WHOLE or rows & (1 << r) != 0:  # a missing tap meets no infinite pixel
                        weight = taps[first + np.uint64(tap_steps[0] * r + tap_steps[1] * s)]
                        for i in range(ROWS):
                            acc[i] += pixels[i * STRIDE + r] * weight
            v += steps[0]

    @kernel
    def column_kernel(
        x, w, bias, y, strips, columns, sizes, pieces, m, W, row_step, steps, tap_steps, xs, ws, ys
    ):
        """x, w, y, strips, columns flat; bias (k) or (0).

        sizes: n, k, strips, columns; pieces: of a strip and a column; m: filters of a channel; W:
        of x; row_step: elements of x from a row of the window to the next; steps: from a column to
        the next, in columns and elements of x; tap_steps: the same of w, rows and columns; xs:
        strides of x (n, channel of k, channel to channel of a sum); ws: of w (k, ...); ys: of y (n,
        k, output).
        """
        pixels = cuda.local.array(HEIGHT, real)
        acc = cuda.local.array(ROWS, real)
        n, k, strip, column = place(index(cuda.grid(1)), sizes)
        if n < sizes[0]:
            value = real(0)
            if bias.shape[0] != 0:
                value = bias[k]
            for i in range(ROWS):
                acc[i] = value
            channel = k
            if SHARED:
                channel = k // m
            x_at, w_at = n * xs[0] + channel * xs[1], k * ws[0]
            strip *= pieces[0] * STRIP
            column *= pieces[1] * COLUMN
            if DENSE != ANY:
                steps = index(1), index(1)
                tap_steps = np.int64(DENSE * SPAN), np.int64(DENSE)
            if ONCE:
                below, beside = load_quad(strips, strip), load_quad(columns, column)
                add(x, w, x_at, w_at, below, beside, W, row_step, steps, tap_steps, pixels, acc)
            else:
                terms = index(1)
                if not SHARED:
                    terms = m
                for _ in range(terms):
                    for i in range(pieces[0]):
                        below = load_quad(strips, strip + i * STRIP)
                        for j in range(pieces[1]):
                            beside = load_quad(columns, column + j * COLUMN)
                            add(
                                x,
                                w,
                                x_at,
                                w_at,
                                below,
                                beside,
                                W,
                                row_step,
                                steps,
                                tap_steps,
                                pixels,
                                acc,
                            )
                    x_at += xs[2]
                    w_at += ws[1]
            y_strip, outputs, _, _ = load_quad(strips, np.int64(strip) + 4)
            y_column, _, _, _ = load_quad(columns, np.int64(column) + 4)
            to = n * ys[0] + k * ys[1] + index(y_strip) + index(y_column)
            for i in range(ROWS):
                out, at = hold(y, np.uint64(to) + np.uint64(ys[2]) * np.uint64(i))
                if outputs & (1 << i) != 0:
                    out[at] = at_least(acc[i], real(0)) if RELU else acc[i]

    column_kernel.rename(f"column_kernel_{variant}")
    return column_kernel
