"""A tile of an image in shared memory: what the separable pools share.

A window of r by s is a row of s in each of r rows, and then a column of those r: r + s steps for a
result, not r * s. A block

1. brings a tile of the image, each pixel once, 128 bits at a time and several loads under way;
2. takes every row of it through the windows' columns, into `WIDTH` results a row;
3. takes every column of those through the windows' rows, into its outputs.

Where a window begins and ends is looked up: a thread computes it once for each row and column of
the tile's results. A thread takes four rows at once in 2, and in 3 four columns that lie a quarter
of a row apart, so that a loop's own instructions count once for four. Neighbours in a warp have
neighbouring results: every load and store is coalesced, wherever a row of outputs begins.

What lies beyond the tile's last row is 0, and goes nowhere.
"""

from collections.abc import Callable, Sequence
from functools import cache
from math import prod
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.arrays import Array, begins_on_quad
from crosscheck.kernels.launch import DeviceFunction, cuda, device_function, index, real
from crosscheck.kernels.ptx import load_quad, store_quad
from crosscheck.kernels.unravel import unravel

THREADS = 256
WIDTH = THREADS // 2  # results in a row or a column of a tile, at most
PITCH = 160  # pixels in a row of a tile
ROWS = {np.float32: 24, np.float64: 16}  # of a tile: more would take over 48 KB
FEWEST_ROWS = min(ROWS.values())
TOGETHER = 4  # rows or columns of a thread
LANES = 32
WARPS = THREADS // LANES
MANY = 4  # windows that a pixel is in
LARGE = 64  # taps of a window

Reach = Callable[[int, int], int]  # (results beside each other, axis) -> pixels that they read


class Tiles(NamedTuple):
    """How results are shared out to blocks.

    results  rows and columns of results in a tile; the last tile of an axis may have fewer
    counts   tiles of a plane, down and across
    """

    results: tuple[int, int]
    counts: tuple[int, int]


def tiles(reach: Reach, source: tuple[int, int], target: tuple[int, int], rows: int) -> Tiles:
    """Return how `target` results, of `source` pixels, are shared out; see `misfit`."""
    most = (
        _most(lambda n: min(reach(n, 0), source[0]), rows, WIDTH),
        _most(lambda n: min(reach(n, 1), source[1]), PITCH - 3, WIDTH),
    )
    counts = tuple(-(-n // each) for n, each in zip(target, most, strict=True))
    even = tuple(-(-n // count) for n, count in zip(target, counts, strict=True))
    return Tiles(even, counts)


def misfit(reach: Reach, source: tuple[int, int]) -> str:
    """Return why not even one result's pixels fit a tile, "" where they do."""
    needed = tuple(min(reach(1, axis), source[axis]) for axis in (0, 1))
    if needed[0] <= FEWEST_ROWS and needed[1] <= PITCH - 3:
        return ""
    return f"a result reads from {needed} rows and columns; a tile has {FEWEST_ROWS, PITCH - 3}"


def pay(device: str, window: Sequence[int], stride: Sequence[int], target: Sequence[int]) -> bool:
    """Return whether tiles are a good choice for so many windows, or pixels, of a plane.

    Where a pixel is in MANY windows, or a window is so LARGE that neighbouring threads would read
    far apart; and where rows of results fill half a tile's. On the CPU a barrier switches between
    all fibers of a block, and its caches hold the pixels anyway.
    """
    taps = prod(window)
    worth = taps >= LARGE or taps >= MANY * prod(stride)
    return device != "cpu" and worth and target[1] >= WIDTH // 2


def _most(reach: Callable[[int], int], room: int, limit: int) -> int:
    """Return how many results, up to a limit, read no more pixels than there is room for."""
    return max(n for n in range(1, limit + 1) if n == 1 or reach(n) <= room)


def vector(row: Array, width: int) -> int:
    """Return how many pixels a load takes: 4 where every image row begins on 16 bytes, or 1."""
    return 4 if width % 4 == 0 and begins_on_quad(row) else 1


@device_function
def as_it_is(pixel, h, w, how):
    """What `bring` prepares where there is nothing to prepare."""
    return pixel


@device_function
def place_of_block(counts, results):
    """Return (plane, first row, first column) of the results of this block."""
    plane, down, across = unravel(index(cuda.blockIdx.x), counts[0], counts[1])
    return plane, down * results[0], across * results[1]


@cache
def bring(VECTOR: int, HEIGHT: int, prepare: DeviceFunction) -> DeviceFunction:
    """Return how a block brings a tile; prepare(pixel, h, w, how) is what is kept of a pixel.

    A warp takes a row, and every eighth after it, and has started all its loads before it stores
    the first pixel.
    """
    ROUNDS, LOADS = HEIGHT // WARPS, -(-PITCH // (LANES * VECTOR))
    APART, STAGED = LANES * VECTOR, ROUNDS * LOADS * VECTOR

    @device_function
    def bring_tile(x, plane, extents, h, w, rows, columns, tile, how):
        """Bring rows and columns of a plane from pixel (h, w) on; w is a multiple of VECTOR."""
        staged = cuda.local.array(STAGED, real)
        H, W = extents
        warp, lane = unravel(index(cuda.threadIdx.x), index(LANES))
        across = lane * VECTOR
        for i in range(ROUNDS):
            row = warp + index(i * WARPS)
            first = (plane * H + h + row) * W + w + across
            for j in range(LOADS):
                slot = (i * LOADS + j) * VECTOR
                for k in range(VECTOR):
                    staged[slot + k] = real(0)
                if row < rows and across + index(j * APART) < columns:
                    if VECTOR == 4:
                        quad = load_quad(x, np.int64(first) + j * APART)
                        for k in range(VECTOR):
                            staged[slot + k] = quad[k]
                    else:
                        staged[slot] = x[np.int64(first) + j * APART]
        for i in range(ROUNDS):
            row = warp + index(i * WARPS)
            to = np.int64(row * PITCH + across)
            for j in range(LOADS):
                slot = (i * LOADS + j) * VECTOR
                column = across + index(j * APART)
                if column < columns:
                    for k in range(VECTOR):
                        if row < rows:
                            at = w + column + index(k)
                            staged[slot + k] = prepare(staged[slot + k], h + row, at, how)
                    if VECTOR == 4:
                        a, b = staged[slot], staged[slot + 1]
                        c, d = staged[slot + 2], staged[slot + 3]
                        store_quad(tile, to + j * APART, (a, b, c, d))
                    else:
                        tile[to + j * APART] = staged[slot]

    return bring_tile
