"""Pipelined convolution: `blocked`, whose next tiles travel while this pair is multiplied.

What it adds to `blocked`: copies go from global to shared memory by themselves (cp.async), without
passing through registers. That saves the stores, and leaves registers for 16 x 8 outputs a thread.

What it gains: 590 instructions for 512 FMAs instead of 596, at most 86.8 % of the FFMA peak with
128 x 128 outputs a block, and 91.5 % with 256 x 128 (float32, sm_90a: the issue slots bind).

In NHWC, with channels of a group in fours on 16 bytes, four channels of a pixel share a look-up and
a test: 88.4 %, and 92.3 % with 256 x 128. The weight gradient, where they stay side by side, copies
16 bytes at once: 89.4 % instead of 85.3 %.

Takes what `blocked` takes, on sm_80 and newer.
"""

from functools import cache, partial

import numpy as np

from crosscheck.kernels.convolution import implicit_gemm_launch as implicit
from crosscheck.kernels.convolution import weight_gemm, weight_gemm_launch
from crosscheck.kernels.convolution.blocked import unsupported
from crosscheck.kernels.convolution.lookup import NOTHING
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, Load, Mover, Share
from crosscheck.kernels.convolution.weight_gemm import DY_AT, OUTSIDE, X_AT
from crosscheck.kernels.launch import device_function, index
from crosscheck.kernels.ptx import commit, copy_async, copy_quad_async, wait
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Scheduled

__all__ = ["forward", "input_gradient", "unsupported"]

TILES = {
    np.float32: (
        RegisterTile(256, 128, thread_rows=16, registers=255, ceiling=0.915),
        RegisterTile(128, 128, ceiling=0.868),
        RegisterTile(128, 64, ceiling=0.863),
        RegisterTile(64, 64, registers=168, ceiling=0.841),  # with 128 it spills
    ),
    np.float64: (RegisterTile(64, 64, 8, 4, registers=168, ceiling=0.7),),
}

NHWC_TILES = {
    np.float32: (
        RegisterTile(256, 128, thread_rows=16, registers=255, ceiling=0.923),
        RegisterTile(128, 128, ceiling=0.884),
        RegisterTile(128, 64, ceiling=0.877),
        RegisterTile(64, 64, registers=168, ceiling=0.871),
    ),
    np.float64: TILES[np.float64],
}

WEIGHT_TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.853),
        RegisterTile(64, 64, registers=168, ceiling=0.815),
    ),
    np.float64: (RegisterTile(64, 64, 8, 4, registers=168, ceiling=0.7),),
}

NHWC_WEIGHT_TILES = {
    np.float32: (
        RegisterTile(128, 128, ceiling=0.894),
        RegisterTile(64, 64, registers=168, ceiling=0.881),
    ),
    np.float64: WEIGHT_TILES[np.float64],
}


@cache
def by_copies(tile: RegisterTile, load: Load) -> Mover:
    """Return the mover of `pipelined`: copies start before the multiplication, and have landed
    behind it.

    A copy turns nothing, so four channels, which go to four rows, take four copies of 4 bytes; they
    share a look-up and a test, and the first brings the sector that the others find in the cache.
    """
    share, THREADS = Share.of(tile, load), tile.threads
    LOADS, QUADS, APART, PIXEL_ROW = share.loads, share.quads, share.apart, share.pixel_row
    TERMS, POSITIONS = load

    @device_function
    def begin(x, w, at, terms, images, weights, to, staged):
        """Global memory -> shared memory."""
        start, outside, weight_at, columns = at
        image_to, weight_to, lane = to
        for i in range(QUADS):
            source = weight_at + columns * index(APART * i)
            copy_quad_async(weights, np.int64(weight_to) + i * THREADS, w, source, True)
        for i in range(LOADS):
            inside = outside & index(terms[2 * i + 1]) == 0
            source = np.int64(start + index(terms[2 * i]))
            for j in range(TERMS):
                row = np.int64(image_to) + (TERMS * i + j) * PIXEL_ROW
                if POSITIONS == 1:
                    copy_async(images, row, lane, x, source + j, inside)
                else:
                    copy_quad_async(images, row, x, source, inside)
        commit()

    @device_function
    def end(images, weights, to, staged):
        wait(0)  # what this thread copied is there; the barrier behind it tells the others

    return Mover(begin, end)


@cache
def turned_by_copies(tile: RegisterTile, width: int) -> weight_gemm.Mover:
    """Return the mover of `pipelined` for the weight gradient."""
    FILTERS, COLUMNS, APART, _, IMAGES = weight_gemm.Share.of(tile, width)
    WIDTH, NEXT = width, APART * width // 4  # quads of a row

    @device_function
    def copy(tile, to, lane, array, at, inside):
        if WIDTH == 1:
            copy_async(tile, to, lane, array, at, inside)
        else:
            copy_quad_async(tile, to, array, at, inside)

    @device_function
    def begin(dy, x, position, filters, columns, tiles, to, staged):
        """Global memory -> shared memory."""
        quad, lane = np.int64(to // 4), to % 4
        exists, outside = position[DY_AT] != NOTHING, index(position[OUTSIDE])
        for i in range(FILTERS):
            source = index(position[DY_AT]) + index(filters[i])
            copy(tiles, quad + i * NEXT, lane, dy, source, exists)
        for i in range(COLUMNS):
            inside = outside & index(columns[2 * i + 1]) == 0
            source = index(position[X_AT]) + index(columns[2 * i])
            copy(tiles, quad + (IMAGES + i * NEXT), lane, x, source, inside)
        commit()

    @device_function
    def end(tiles, to, staged):
        wait(0)  # what this thread copied is there; the barrier behind it tells the others

    return weight_gemm.Mover(begin, end)


RUNG = implicit.Rung({CHANNELS: NHWC_TILES, PIXEL: TILES}, by_copies)
WEIGHT_RUNG = weight_gemm_launch.Rung(WEIGHT_TILES, NHWC_WEIGHT_TILES, turned_by_copies)

forward = Scheduled(partial(implicit.forward, RUNG))
input_gradient = Scheduled(partial(implicit.input_gradient, RUNG))
weight_gradient = Scheduled(partial(weight_gemm_launch.weight_gradient, WEIGHT_RUNG))
