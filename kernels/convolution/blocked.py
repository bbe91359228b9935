"""Blocked convolution: `tiled`, with 8 x 8 outputs a thread in registers, nothing computed twice.

What it adds to `tiled` (implicit_gemm.py has the kernel):

    outputs in registers          16 numbers from shared memory feed 64 FMAs, not 2 feed one
    looked-up terms               no division and no comparison with R, S, C in the loop
    two tiles of each matrix      the next pair loads while this one is multiplied: one barrier
    weights laid out before       they load 128 bits at a time, and without a test
    terms split over blocks       where the output alone would not fill the GPU

What it gains: 1.16 instructions an FMA where `tiled` takes 8.3, so at most 85.9 % of the FFMA peak
instead of 12 % (128 x 128 outputs a block, float32, sm_90a: the issue slots bind).

A pair of tiles goes through registers: loads before the multiplication, stores after it. Any
strides, padding, dilation and groups; R + S up to 31. In NHWC, with channels of a group in fours on
16 bytes, four channels of a pixel load at once, with one look-up and one test: 88.0 %; the weight
gradient 89.0 % instead of 85.0 %.
"""

from functools import cache, partial

import numpy as np

from crosscheck.kernels.convolution import implicit_gemm_launch as implicit
from crosscheck.kernels.convolution import weight_gemm, weight_gemm_launch
from crosscheck.kernels.convolution.lookup import MAX_TAPS, NOTHING
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, Load, Mover, Share
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.weight_gemm import DY_AT, OUTSIDE, X_AT
from crosscheck.kernels.launch import device_function, index, real
from crosscheck.kernels.ptx import load_if, load_quad
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Scheduled

# A double takes two registers: half as many outputs a thread.
TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.859),
        RegisterTile(128, 64, ceiling=0.852),
        RegisterTile(64, 64, registers=168, ceiling=0.817),  # with 128 it spills
    ),
    np.float64: (RegisterTile(64, 64, 8, 4, registers=168, ceiling=0.7),),
}

NHWC_TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.88),
        RegisterTile(128, 64, ceiling=0.874),
        RegisterTile(64, 64, ceiling=0.861),
    ),
    np.float64: TILES[np.float64],
}

WEIGHT_TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.85),
        RegisterTile(64, 64, registers=168, ceiling=0.794),
    ),
    np.float64: (RegisterTile(64, 64, 8, 4, registers=168, ceiling=0.7),),
}

NHWC_WEIGHT_TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.89),
        RegisterTile(64, 64, registers=168, ceiling=0.869),
    ),
    np.float64: WEIGHT_TILES[np.float64],
}


@cache
def through_registers(tile: RegisterTile, load: Load) -> Mover:
    """Return the mover of `blocked`, for a PIXEL or CHANNELS a load."""
    share, THREADS = Share.of(tile, load), tile.threads
    QUADS, APART, PIXEL_ROW = share.quads, share.apart, share.pixel_row
    PIXELS = share.loads * load.terms

    @device_function
    def load_pixels(x, start, outside, terms, staged):
        for i in range(PIXELS):
            staged[i] = real(0)
            if outside & index(terms[2 * i + 1]) == 0:
                staged[i] = x[start + index(terms[2 * i])]

    @device_function
    def load_quads(x, start, outside, terms, staged):
        for i in range(PIXELS // 4):
            for j in range(4):
                staged[4 * i + j] = real(0)
            if outside & index(terms[2 * i + 1]) == 0:  # four channels of one pixel: one test
                quad = load_quad(x, start + index(terms[2 * i]))
                staged[4 * i], staged[4 * i + 1], staged[4 * i + 2], staged[4 * i + 3] = quad

    bring = load_pixels if load == PIXEL else load_quads

    @device_function
    def begin(x, w, at, terms, images, weights, to, staged):
        """Global memory -> registers."""
        start, outside, weight_at, columns = at
        for i in range(QUADS):
            to = PIXELS + 4 * i
            quad = load_quad(w, weight_at + columns * index(APART * i))
            staged[to], staged[to + 1], staged[to + 2], staged[to + 3] = quad
        bring(x, start, outside, terms, staged)

    @device_function
    def end(images, weights, to, staged):
        """Registers -> shared memory."""
        image_to, weight_to, lane = to
        for i in range(PIXELS):
            images[np.int64(image_to) + i * PIXEL_ROW, lane] = staged[i]
        for i in range(QUADS):
            for j in range(4):
                weights[np.int64(weight_to) + i * THREADS, j] = staged[PIXELS + 4 * i + j]

    return Mover(begin, end)


@cache
def turned_through_registers(tile: RegisterTile, width: int) -> weight_gemm.Mover:
    """Return the mover of `blocked` for the weight gradient."""
    FILTERS, COLUMNS, APART, _, IMAGES = weight_gemm.Share.of(tile, width)
    WIDTH, NEXT = width, APART * width // 4  # quads of a row

    @device_function
    def load(array, at, inside, staged, to):
        if WIDTH == 1:
            staged[to] = load_if(array, at, inside)
        else:
            for i in range(4):
                staged[to + i] = real(0)
            if inside:
                staged[to], staged[to + 1], staged[to + 2], staged[to + 3] = load_quad(array, at)

    @device_function
    def store(tile, to, lane, staged, first):
        if WIDTH == 1:
            tile[to, lane] = staged[first]
        else:
            for i in range(4):
                tile[to, i] = staged[first + i]

    @device_function
    def begin(dy, x, position, filters, columns, tiles, to, staged):
        """Global memory -> registers."""
        exists, outside = position[DY_AT] != NOTHING, index(position[OUTSIDE])
        for i in range(FILTERS):
            source = index(position[DY_AT]) + index(filters[i])
            load(dy, source, exists, staged, WIDTH * i)
        for i in range(COLUMNS):
            inside = outside & index(columns[2 * i + 1]) == 0
            source = index(position[X_AT]) + index(columns[2 * i])
            load(x, source, inside, staged, WIDTH * (FILTERS + i))

    @device_function
    def end(tiles, to, staged):
        """Registers -> shared memory."""
        quad, lane = np.int64(to // 4), to % 4
        for i in range(FILTERS):
            store(tiles, quad + i * NEXT, lane, staged, WIDTH * i)
        for i in range(COLUMNS):
            store(tiles, quad + (IMAGES + i * NEXT), lane, staged, WIDTH * (FILTERS + i))

    return weight_gemm.Mover(begin, end)


RUNG = implicit.Rung({CHANNELS: NHWC_TILES, PIXEL: TILES}, through_registers)
WEIGHT_RUNG = weight_gemm_launch.Rung(WEIGHT_TILES, NHWC_WEIGHT_TILES, turned_through_registers)


def unsupported(problem: Problem) -> str:
    """Return why the table cannot describe this problem, "" where it can."""
    taps = problem.r + problem.s
    return "" if taps <= MAX_TAPS else f"r + s is {taps}; expected at most {MAX_TAPS}"


forward = Scheduled(partial(implicit.forward, RUNG))
input_gradient = Scheduled(partial(implicit.input_gradient, RUNG))
weight_gradient = Scheduled(partial(weight_gemm_launch.weight_gradient, WEIGHT_RUNG))
