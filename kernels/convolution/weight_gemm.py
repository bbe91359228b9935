"""The weight gradient as an implicit GEMM: the sum is over the positions, its tiles are turned.

    dW[k, crs] = sum over positions (n, p, q) of dY[k, npq] * X[crs, npq]   of each group

A block computes a tile of filters x columns (c, r, s), a thread 8 x 8 outputs. A thread loads what
lies at one position: of a few filters from dY, of a few columns from X. `positions_kernel` writes
what each position means: its offsets in dY and X, and the rows and columns of the filter that are
outside the image there; what a column means is in the table of lookup.py. Eight lanes load eight
neighbours of an image's row. A row of shared memory is one quad longer than it needs to be: that
turns the banks, so that the 8 positions x 4 filters of a warp's store go to 32 banks. Tiles are
square and in one array, so a thread writes to the same place of both: one address for all stores.

In NHWC (`width` 4) filters and columns, in the order (r, s, c), are neighbours in memory as in the
tiles: a warp loads those of one position, a thread four, which stay a quad all the way.

The sum is long and the output small, so its parts go to several blocks, and are added in order.
"""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.convolution.lookup import NOTHING
from crosscheck.kernels.convolution.positions import outside_bits
from crosscheck.kernels.launch import (
    DeviceFunction,
    Kernel,
    cuda,
    device_function,
    index,
    kernel,
    real,
)
from crosscheck.kernels.ptx import load_quad, opaque, store_quad
from crosscheck.kernels.register_tile import RegisterTile, multiplication, placement, power_of_two
from crosscheck.kernels.unravel import unravel

DY_AT, X_AT, OUTSIDE, UNUSED = 0, 1, 2, 3  # the words of a position, a quad


@kernel
def positions_kernel(positions, image, window, extent, stride, corner, dilation, xs, ys):
    """positions (npq and what fills up, 4); image: n, h, w; extent: p, q; xs, ys: strides (n, h, w)
    of x and (n, p, q) of dy. A thread writes one position.
    """
    i = index(cuda.grid(1))
    if i < index(positions.shape[0]):
        n, p, q = unravel(i, extent[0], extent[1])
        top, left = p * stride[0] - corner[0], q * stride[1] - corner[1]
        outside = outside_bits(n, top, left, image, window, dilation)
        positions[i, DY_AT] = n * ys[0] + p * ys[1] + q * ys[2]
        positions[i, X_AT] = n * xs[0] + top * xs[1] + left * xs[2]
        positions[i, OUTSIDE] = outside
        positions[i, UNUSED] = index(0)
        if n >= image[0]:
            positions[i, DY_AT] = NOTHING
            positions[i, OUTSIDE] = index(0xFFFFFFFF)  # all of it


class Share(NamedTuple):
    """What a thread brings of each pair of tiles: `filters` and `columns`, `apart` from another.

    row     quads in a row of a tile
    images  quads from a tile of dY to that of X
    """

    filters: int
    columns: int
    apart: int
    row: int
    images: int

    @classmethod
    def of(cls, tile: RegisterTile, width: int) -> "Share":
        """Return the share of a thread in a tile; width: 1, or 4 where it counts quads."""
        apart, row = tile.threads // tile.depth, tile.rows // 4 + 1
        filters, columns = (extent // width // apart for extent in (tile.rows, tile.columns))
        return cls(filters, columns, apart, row, tile.depth * row)


class Mover(NamedTuple):
    """How a pair of tiles gets to shared memory, in two halves with the multiplication between.

    begin(dy, x, position, filters, columns, tiles, to, staged), end(tiles, to, staged), with
    position: the looked-up words; filters: offsets in dy; columns: two words each; to: the element
    of the tile of dY where the share begins; staged: registers for a share.
    """

    begin: DeviceFunction
    end: DeviceFunction


@cache
def build(tile: RegisterTile, mover: Callable[[RegisterTile, int], Mover], width: int) -> Kernel:
    """Return the kernel for a tile, with tiles brought by a mover; width: of its loads, 1 or 4."""
    FILTERS, COLUMNS, APART, ROW, IMAGES = Share.of(tile, width)
    WIDTH, NEIGHBOURS = width, 4 // width
    M, N, DEPTH = tile.rows, tile.columns, tile.depth
    # Quads from a pair to the other: a power of two, so that ^ goes there and back.
    NEXT = power_of_two(2 * IMAGES)
    PAIRS = NEXT + 2 * IMAGES, 4
    ROW_ELEMENTS, NEXT_ELEMENTS = 4 * ROW, 4 * NEXT
    THREAD_ROWS, THREAD_COLUMNS = tile.thread_rows, tile.thread_columns
    OUTPUTS, STAGED, WORDS = (THREAD_ROWS, THREAD_COLUMNS), (FILTERS + COLUMNS) * width, 2 * COLUMNS
    LANES = 4 * DEPTH
    begin, end = mover(tile, width)
    multiply, place = multiplication(tile, ROW, ROW), placement(tile)

    @device_function
    def look_up(positions, entry, position):
        position[0], position[1], position[2], position[3] = load_quad(positions, entry)

    @device_function
    def put(parts, to, acc, i, j):
        if WIDTH == 1:
            parts[to] = acc[i, j]
        else:
            quad = acc[i, 4 * j], acc[i, 4 * j + 1], acc[i, 4 * j + 2], acc[i, 4 * j + 3]
            store_quad(parts, to, quad)

    @kernel(launch_bounds=(tile.threads, tile.blocks))
    def product_kernel(dy, x, positions, table, parts, K, CRS, xs, ys, counts):
        """dy, x, positions, table, parts flat; parts (part, group, K, CRS).

        K: filters of a group; CRS: columns; xs, ys: strides of x and dy (group, and k of dy);
        counts: groups, tiles along (filters, columns), tiles of positions of a part.
        """
        tiles = cuda.shared.array(PAIRS, real, alignment=16)
        kept = cuda.shared.array(4, np.int32)
        acc = cuda.local.array(OUTPUTS, real)
        a = cuda.local.array(THREAD_ROWS, real)
        b = cuda.local.array(THREAD_COLUMNS, real)
        staged = cuda.local.array(STAGED, real)
        position = cuda.local.array(4, positions.dtype)
        filters = cuda.local.array(FILTERS, positions.dtype)
        columns = cuda.local.array(WORDS, positions.dtype)
        groups, down, across, todo = counts
        t = index(cuda.threadIdx.x)
        block, row_tile, column_tile = unravel(index(cuda.blockIdx.x), down, across)
        part, group = unravel(block, groups)

        # What this thread loads: at one position, these filters and columns.
        mine, piece = (t % DEPTH, t // DEPTH) if WIDTH == 1 else (t // APART, t % APART)
        for i in range(FILTERS):
            k = row_tile * M + (piece + index(APART * i)) * WIDTH
            filters[i] = group * ys[0] + min(k, K - WIDTH) * ys[1]  # past the end: not stored
        for i in range(COLUMNS):
            entry = (column_tile * N // WIDTH + piece + index(APART * i)) * 2
            columns[2 * i] = index(table[entry]) + group * xs[0]
            columns[2 * i + 1] = table[entry + 1]
        entry = (part * todo * DEPTH + mine) * 4
        to = mine * ROW_ELEMENTS + piece * WIDTH

        # For the end: in shared memory it takes no registers during the loop.
        if t == 0:
            kept[0], kept[1], kept[2], kept[3] = part, group, row_tile, column_tile

        # What it computes.
        row, column = place(t)
        column += IMAGES
        for i in range(THREAD_ROWS):
            for j in range(THREAD_COLUMNS):
                acc[i, j] = real(0)

        look_up(positions, entry, position)
        begin(dy, x, position, filters, columns, tiles, to, staged)
        end(tiles, to, staged)
        entry += LANES
        look_up(positions, entry, position)
        cuda.syncthreads()  # the first tiles are complete before anyone reads them
        while todo != 0:  # down to 0: `range` reads its end again in every turn
            todo -= 1
            entry += LANES
            to = opaque(to ^ NEXT_ELEMENTS)  # to the other tile of each pair
            # After a part's last tile: the next part's first, which nobody reads.
            begin(dy, x, position, filters, columns, tiles, to, staged)
            look_up(positions, entry, position)
            multiply(tiles, tiles, row, column, a, b, acc)
            row ^= NEXT
            column ^= NEXT
            end(tiles, to, staged)
            cuda.syncthreads()  # everyone has read the one pair and written the other

        first = (index(kept[0]) * groups + index(kept[1])) * K
        row, column = place(opaque(index(cuda.threadIdx.x)))
        k, crs = index(kept[2]) * M + row * 4, index(kept[3]) * N + column * 4
        for i in range(THREAD_ROWS):
            here = k + index(i % 4 + i // 4 * 16)
            for j in range(THREAD_COLUMNS // WIDTH):
                at = crs + index(j % NEIGHBOURS + j // NEIGHBOURS * 32)
                if here < K and at < CRS:
                    put(parts, (first + here) * CRS + at, acc, i, j)

    rung = mover.__module__.rpartition(".")[2]
    product_kernel.rename(f"{rung}_kernel_{tile}_{width}")
    return product_kernel
