"""Implicit GEMM on tensor cores: forward, and the input gradient by lattice.py.

    Y[column, position] = sum over terms of W[term, column] * X[term, position]   of each group

A column is a filter, a term (r, s, c), a position an output pixel (n, p, q): see implicit_gemm.py.
Images are in NHWC, their channels in quads of 16 bytes. All geometry is in two tables: a quad of
terms has its offset in the image and the bits of its row and column of the filter (lookup.py), a
position the start of its window and the bits that are outside there (positions.py). So a copy is an
addition, an AND and the copy itself, which writes zeros for what is outside.

A tile has 16 words of each filter and of each position. A lane reads quad lane % 4 of position
lane // 4 with one load of 128 bits, 8 lanes 128 bytes in a row; the weights lie as the lanes read
them (fragments.py). So there are no bank conflicts, and nothing is swizzled. Images are the columns
of the mma because their pairs of words lie in neighbouring registers as they come; those of its
rows do not, and took 110 MOVs in 245 instructions.

`stages` tiles are in shared memory: one is multiplied, the others are on their way. One barrier a
tile says that the tile is there, and that all have read the one that the next copies overwrite.
The sum goes tile after tile; in a tile first words 0 and 1 of its four quads, then 2 and 3.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.epilogue import Ending
from crosscheck.kernels.convolution.lookup import GEOMETRY, NOTHING, TILES
from crosscheck.kernels.convolution.tensor_cores import multiplication
from crosscheck.kernels.convolution.tensor_cores.positions import FROM, OUTSIDE, POSITION, TO
from crosscheck.kernels.convolution.tensor_cores.storing import storing
from crosscheck.kernels.convolution.tensor_cores.tile import (
    LANES,
    QUADS,
    WORDS,
    Kind,
    WarpTile,
)
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import commit, copy_quad_async, wait
from crosscheck.kernels.unravel import unravel


@cache
def build(tile: WarpTile, store: int, ending: Ending) -> Kernel:
    """Return the kernel for a tile; store and ending are those of `storing`."""
    M, N, STAGES, THREADS = tile.rows, tile.columns, tile.stages, tile.threads
    WARP_ROWS, WARP_COLUMNS = tile.warp_rows, tile.warp_columns
    WARPS_ACROSS = N // WARP_COLUMNS
    DOWN, ACROSS = WARP_ROWS // 16, WARP_COLUMNS // 8  # mma of a warp
    APART = THREADS // QUADS  # positions between those whose quads a thread copies
    IMAGES, WEIGHTS = N // APART, M // APART  # quads that a thread copies
    FIRST_IMAGE, STAGE, TILE_WORDS = QUADS * M, QUADS * (M + N), WORDS * M
    END = STAGES * STAGE
    SHARED, ACC, A, B = (END, 4), (DOWN, ACROSS, 4), (DOWN, 4), (2, ACROSS, 2)
    STARTS, PAIR, QUAD, AHEAD = 2 * IMAGES, 2, 4, STAGES - 1
    TILE_ENTRIES, PENDING = 2 * QUADS, STAGES - 2
    put_quad = storing(store, ending)
    multiply = multiplication.multiplication(tile.kind, DOWN, ACROSS)
    SPLIT = tile.kind == Kind.TF32_3X  # else the weights lie in memory as they are multiplied
    prepare_a = multiplication.preparation(tile.kind, DOWN, 4)
    prepare_b = multiplication.preparation(tile.kind, ACROSS, 2)

    @device_function
    def step(tiles, weight, s, acc, a, b, small_a, small_b):
        """Multiply words 2 s and 2 s + 1 of each lane's quads."""
        for i in range(DOWN):
            for e in range(4):
                a[i, e] = tiles[np.int64(weight) + (2 * s * M + 32 * i), e]
        if SPLIT:
            prepare_a(a, small_a)
        multiply(acc, a, b[s], small_a, small_b[s])

    @device_function
    def multiply_tile(tiles, weight, image, acc, a, b, small_a, small_b):
        for j in range(ACROSS):
            for e in range(4):
                b[e // 2, j, e % 2] = tiles[np.int64(image) + 32 * j, e]
        prepare_b(b[0], small_b[0])
        prepare_b(b[1], small_b[1])
        step(tiles, weight, 0, acc, a, b, small_a, small_b)
        step(tiles, weight, 1, acc, a, b, small_a, small_b)

    @device_function
    def load(tiles, to, x, starts, quad, w, weight_at):
        """Start the copies of a tile. The weights lie in memory as they will in the tile."""
        for i in range(WEIGHTS):
            at = np.int64(weight_at) + 4 * THREADS * i
            copy_quad_async(tiles, np.int64(to) + THREADS * i, w, at, True)
        for i in range(IMAGES):
            inside = index(starts[2 * i + 1]) & index(quad[1]) == 0
            at = np.int64(index(starts[2 * i]) + index(quad[0]))
            copy_quad_async(tiles, np.int64(to) + (FIRST_IMAGE + THREADS * i), x, at, inside)
        commit()

    @device_function
    def look_up(table, entry, quad):
        quad[0], quad[1] = table[entry], table[np.int64(entry) + 1]

    @device_function
    def put(acc, j, right, positions, position, k, y, first, K, step):
        """Store one position: quads of filters, of which 8 lanes have 32 side by side."""
        place = positions[np.int64(position) * POSITION + TO]
        if place != NOTHING:
            for i in range(DOWN // 2):
                values = cuda.local.array(QUAD, real)
                for e in range(4):
                    values[e] = acc[2 * i + e // 2, j, e % 2 * 2 + right]
                here = k + index(32 * i)
                put_quad(values, y, index(place) + first + here * step, here, K, step)

    @device_function
    def put_pairs(acc, j, positions, position, k, y, first, K, step):
        put(acc, j, 0, positions, position + index(8 * j), k, y, first, K, step)
        put(acc, j, 1, positions, position + index(8 * j + 1), k, y, first, K, step)
        put(acc, j + 1, 0, positions, position + index(8 * j + 8), k, y, first, K, step)
        put(acc, j + 1, 1, positions, position + index(8 * j + 9), k, y, first, K, step)

    @kernel(launch_bounds=(THREADS, tile.blocks))
    def product_kernel(x, w, table, geometry, positions, bias, y, K, channels, ys, counts):
        """x, w: words; table, geometry, positions, y: all flat; bias (groups * K) or (0).

        K: columns of a group; channels: words of x from a group to the next; ys: strides of y
        (group, column, part); counts: groups, parts, tiles along (position, column), tiles of terms
        with those that fill up.
        """
        tiles = cuda.shared.array(SHARED, np.uint32, alignment=128)
        acc = cuda.local.array(ACC, real)
        a = cuda.local.array(A, np.uint32)
        b = cuda.local.array(B, np.uint32)
        small_a = cuda.local.array(A, np.uint32)
        small_b = cuda.local.array(B, np.uint32)
        starts = cuda.local.array(STARTS, positions.dtype)
        quad = cuda.local.array(PAIR, table.dtype)
        groups, parts, across, down, filled = counts
        t = index(cuda.threadIdx.x)

        # Blocks that share a piece of the images come one after the other: the cache has it then.
        block, column_tile, row_tile = unravel(index(cuda.blockIdx.x), across, down)
        lattice, part, group = unravel(block, parts, groups)
        all_tiles = index(geometry[lattice * GEOMETRY + TILES])
        share = (all_tiles + parts - 1) // parts
        first_tile = min(part * share, all_tiles)
        todo = min(share, all_tiles - first_tile)
        first_position = (lattice * across + column_tile) * N

        # What this thread copies: one quad of some positions, and quads of the weights.
        for i in range(IMAGES):
            place = (first_position + t // QUADS + index(APART * i)) * POSITION
            starts[2 * i] = index(positions[place + FROM]) + group * channels
            starts[2 * i + 1] = positions[place + OUTSIDE]
        entry = ((lattice * filled + first_tile) * QUADS + t % QUADS) * 2
        weight_tile = ((lattice * groups + group) * down + row_tile) * filled + first_tile
        weight_at = weight_tile * TILE_WORDS + 4 * t
        to = t

        # What it computes: lane // 4 and lane % 4 are the g and t of multiplication.py.
        lane, warp = t % LANES, t // LANES
        m, n = warp // WARPS_ACROSS * WARP_ROWS, warp % WARPS_ACROSS * WARP_COLUMNS
        weight, image = m * 2 + lane, n * QUADS + lane + index(FIRST_IMAGE)
        k = row_tile * M + m + lane // 4 * 4
        for i in range(DOWN):
            for half in range(2):
                here = k + index(i // 2 * 32 + i % 2 * 2 + half)
                value = real(0)
                if bias.shape[0] != 0 and part == 0 and here < K:
                    value = bias[group * K + here]
                for j in range(ACROSS):
                    acc[i, j, 2 * half] = value
                    acc[i, j, 2 * half + 1] = value

        for _ in range(AHEAD):
            look_up(table, entry, quad)
            load(tiles, to, x, starts, quad, w, weight_at)
            entry += TILE_ENTRIES
            weight_at += TILE_WORDS
            to += STAGE
        look_up(table, entry, quad)
        while todo != 0:
            wait(PENDING)
            cuda.syncthreads()  # the tile is there, and all have read the one that goes now
            load(tiles, to, x, starts, quad, w, weight_at)
            entry += TILE_ENTRIES
            weight_at += TILE_WORDS
            look_up(table, entry, quad)
            multiply_tile(tiles, weight, image, acc, a, b, small_a, small_b)
            weight += STAGE
            image += STAGE
            to += STAGE
            if weight >= END:
                weight -= END
                image -= END
            if to >= END:
                to -= END
            todo -= 1
        wait(0)  # nothing is on its way to the memory of a block that is gone

        position = first_position + n + lane % 4 * 2
        first = group * ys[0] + part * ys[2]
        put_pairs(acc, 0, positions, position, k, y, first, K, ys[1])
        put_pairs(acc, 2, positions, position, k, y, first, K, ys[1])
        if ACROSS > 4:
            put_pairs(acc, 4, positions, position, k, y, first, K, ys[1])
            put_pairs(acc, 6, positions, position, k, y, first, K, ys[1])

    behind = f"_{ending}" if ending else ""
    product_kernel.rename(f"product_kernel_{tile}_{store}{behind}")
    return product_kernel
