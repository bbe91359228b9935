"""The weight gradient on tensor cores: the sum is over the positions, so its tiles are turned.

    dW[k, rsc] = sum over positions (n, p, q) of dY[npq, k] * X[npq, rsc]   of each group

A row of a tile is a position; neighbours in memory are neighbours in k and in c, but a lane wants
neighbours in the sum. Words of 32 bits it reads one by one: four positions of eight neighbours. To
lie in 32 banks, the quads of a row are turned, XOR twice the position. That takes as many passes of
shared memory as wide loads, and four times the instructions, for which there is room. Elements of
16 bits come in pairs, which no such load takes apart: ldmatrix turns them, 8 x 8 at a time.

Both operands have the same borders as in product.py: positions.py has what is outside at each
position, lookup.py the bits of each quad of columns.

The sum is long and the output small, so its parts go to several blocks, and are added in order.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.lookup import NOTHING
from crosscheck.kernels.convolution.tensor_cores import multiplication
from crosscheck.kernels.convolution.tensor_cores.positions import FROM, OUTSIDE, POSITION, TO
from crosscheck.kernels.convolution.tensor_cores.tile import LANES, WarpTile
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import commit, copy_quad_async, load_transposed, wait
from crosscheck.kernels.unravel import unravel


@cache
def build(tile: WarpTile) -> Kernel:
    """Return the kernel for a tile of filters x columns, `depth` positions at a time."""
    M, N, STAGES, THREADS = tile.rows, tile.columns, tile.stages, tile.threads
    WARP_ROWS, WARP_COLUMNS = tile.warp_rows, tile.warp_columns
    WARPS_ACROSS = N // WARP_COLUMNS
    DOWN, ACROSS, PAIRS = WARP_ROWS // 16, WARP_COLUMNS // 8, WARP_COLUMNS // 16
    PACKED, EACH = tile.kind.packed, 4 * tile.kind.packed  # elements of a word, of a quad
    HALF, POSITIONS = tile.kind.packed == 2, tile.depth
    STEP = POSITIONS // 2  # positions of an mma
    SHARE = THREADS // POSITIONS  # threads that copy one position
    ROW_A, ROW_B = M // EACH, N // EACH  # quads of a position
    QUADS_A, QUADS_B = ROW_A // SHARE, ROW_B // SHARE  # that a thread copies
    FIRST_B, STAGE = POSITIONS * ROW_A, POSITIONS * (ROW_A + ROW_B)
    END, TILE_POSITIONS = STAGES * STAGE, POSITIONS * POSITION
    SHARED, ACC, A, B, COLUMNS = (END, 4), (DOWN, ACROSS, 4), (DOWN, 4), (ACROSS, 2), 2 * QUADS_B
    FILTERS, WORDS, AHEAD, PENDING = QUADS_A, 4, STAGES - 1, STAGES - 2
    multiply = multiplication.multiplication(tile.kind, DOWN, ACROSS)
    prepare_a = multiplication.preparation(tile.kind, DOWN, 4)
    prepare_b = multiplication.preparation(tile.kind, ACROSS, 2)

    @device_function
    def turn(position):
        """Return what turns the quads of a row: what a warp moves at once lies in 32 banks."""
        if HALF:
            return position % 2 * 4 ^ position // 2 % 4
        return position % 4 * 2

    @device_function
    def read_words(tiles, row_a, row_b, element, s, a, b):
        """Read the positions lane % 4 and 4 further of step s."""
        for i in range(DOWN):
            for e in range(4):
                turned = np.int64(row_a ^ index(4 * (i % 2) + 2 * (e % 2)))
                a[i, e] = tiles[turned + (i // 2 * 8 + (STEP * s + e // 2 * 4) * ROW_A), element]
        for j in range(ACROSS):
            for e in range(2):
                turned = np.int64(row_b ^ index(2 * (j % 4)))
                at = turned + (FIRST_B + j // 4 * 8 + (STEP * s + e * 4) * ROW_B)
                b[j, e] = tiles[at, element]

    @device_function
    def read_matrices(tiles, row_a, row_b, element, s, a, b):
        """Read the 16 positions of step s, by matrices of 8 x 8 elements."""
        words = cuda.local.array(WORDS, np.uint32)
        for i in range(DOWN):
            load_transposed(a[i], tiles, np.int64(row_a ^ index(2 * i)) + STEP * s * ROW_A)
        for j in range(PAIRS):
            at = np.int64(row_b ^ index(2 * j)) + (FIRST_B + STEP * s * ROW_B)
            load_transposed(words, tiles, at)
            for e in range(4):
                b[2 * j + e // 2, e % 2] = words[e]

    read = read_matrices if HALF else read_words

    @device_function
    def first_rows(lane, m, n):
        """Return the quads where a lane begins to read, of filter m and of column n of the tile."""
        if HALF:
            row_a = lane % 8 + lane // 16 * 8
            row_b = lane % 8 + lane // 8 % 2 * 8
            column_a, column_b = lane // 8 % 2, lane // 16
        else:
            row_a = lane % 4
            row_b = row_a
            column_a = lane // 16
            column_b = column_a
        turned_a = m // EACH + column_a ^ turn(row_a)
        turned_b = n // EACH + column_b ^ turn(row_b)
        return row_a * ROW_A + turned_a, row_b * ROW_B + turned_b

    @device_function
    def step(tiles, row_a, row_b, element, s, acc, a, b, small_a, small_b):
        read(tiles, row_a, row_b, element, s, a, b)
        prepare_a(a, small_a)
        prepare_b(b, small_b)
        multiply(acc, a, b, small_a, small_b)

    @device_function
    def load(tiles, to_a, to_b, x, dy, positions, at, filters, columns):
        """Start the copies of one position: quads of dy, and of x."""
        to, start = positions[np.int64(at) + TO], index(positions[np.int64(at) + FROM])
        outside, exists = index(positions[np.int64(at) + OUTSIDE]), to != NOTHING
        for i in range(QUADS_A):
            quad = np.int64(to_a ^ index(SHARE * i % 8)) + SHARE * i // 8 * 8
            copy_quad_async(tiles, quad, dy, np.int64(index(to) + index(filters[i])), exists)
        for i in range(QUADS_B):
            inside = outside & index(columns[2 * i + 1]) == 0
            quad = np.int64(to_b ^ index(SHARE * i % 8)) + (FIRST_B + SHARE * i // 8 * 8)
            copy_quad_async(tiles, quad, x, np.int64(start + index(columns[2 * i])), inside)
        commit()

    @device_function
    def put(acc, i, half, parts, base, places, column, k, K, width):
        """Store the row of filter k."""
        if k < K:
            for j in range(ACROSS):
                for e in range(2):
                    place = places[column + index(8 * j + e)]
                    if place != NOTHING:
                        parts[base + k * width + index(place)] = acc[i, j, 2 * half + e]

    @device_function
    def put_sixteen(acc, i, parts, base, places, column, k, K, width):
        here = k + index(16 * i)
        put(acc, i, 0, parts, base, places, column, here, K, width)
        put(acc, i, 1, parts, base, places, column, here + 8, K, width)

    @kernel(launch_bounds=(THREADS, tile.blocks))
    def product_kernel(dy, x, positions, table, places, parts, K, width, channels, counts):
        """dy, x: words; positions, table, all flat; places: where each column is in a row of parts;
        parts (part, group, k, width) flat.

        K: filters of a group; channels: of dy and x, words from a group to the next; counts:
        groups, tiles along (filters, columns), tiles of positions of a part.
        """
        tiles = cuda.shared.array(SHARED, np.uint32, alignment=128)
        acc = cuda.local.array(ACC, real)
        a = cuda.local.array(A, np.uint32)
        b = cuda.local.array(B, np.uint32)
        small_a = cuda.local.array(A, np.uint32)
        small_b = cuda.local.array(B, np.uint32)
        columns = cuda.local.array(COLUMNS, table.dtype)
        filters = cuda.local.array(FILTERS, table.dtype)
        groups, down, across, todo = counts
        t = index(cuda.threadIdx.x)
        block, row_tile, column_tile = unravel(index(cuda.blockIdx.x), down, across)
        part, group = unravel(block, groups)

        # What this thread copies: of one position, every SHARE-th quad.
        mine, piece = t // SHARE, t % SHARE
        for i in range(QUADS_A):
            word = (row_tile * M + (piece + index(SHARE * i)) * EACH) // PACKED
            none = index(0)  # a filter too many: any will do, it is not stored
            filters[i] = group * channels[0] + (word if word < channels[0] else none)
        for i in range(QUADS_B):
            entry = (column_tile * N // EACH + piece + index(SHARE * i)) * 2
            columns[2 * i] = index(table[entry]) + group * channels[1]
            columns[2 * i + 1] = table[entry + 1]
        at = (part * todo * POSITIONS + mine) * POSITION
        turned = piece ^ turn(mine)
        to_a, to_b = mine * ROW_A + turned, mine * ROW_B + turned

        # What it reads and computes.
        lane, warp = t % LANES, t // LANES
        m, n = warp // WARPS_ACROSS * WARP_ROWS, warp % WARPS_ACROSS * WARP_COLUMNS
        row_a, row_b = first_rows(lane, m, n)
        element = lane // 4 % 4
        for i in range(DOWN):
            for j in range(ACROSS):
                for e in range(4):
                    acc[i, j, e] = real(0)

        for _ in range(AHEAD):
            load(tiles, to_a, to_b, x, dy, positions, at, filters, columns)
            at += TILE_POSITIONS
            to_a += STAGE
            to_b += STAGE
        while todo != 0:
            wait(PENDING)
            cuda.syncthreads()  # the tile is there, and all have read the one that goes now
            load(tiles, to_a, to_b, x, dy, positions, at, filters, columns)
            at += TILE_POSITIONS
            step(tiles, row_a, row_b, element, 0, acc, a, b, small_a, small_b)
            step(tiles, row_a, row_b, element, 1, acc, a, b, small_a, small_b)
            row_a += STAGE
            row_b += STAGE
            to_a += STAGE
            to_b += STAGE
            if row_a >= END:
                row_a -= END
                row_b -= END
            if to_a >= END:
                to_a -= END
                to_b -= END
            todo -= 1
        wait(0)  # nothing is on its way to the memory of a block that is gone

        base = (part * groups + group) * K * width
        column, k = column_tile * N + n + lane % 4 * 2, row_tile * M + m + lane // 4
        put_sixteen(acc, 0, parts, base, places, column, k, K, width)
        put_sixteen(acc, 1, parts, base, places, column, k, K, width)
        if DOWN > 2:
            put_sixteen(acc, 2, parts, base, places, column, k, K, width)
            put_sixteen(acc, 3, parts, base, places, column, k, K, width)

    product_kernel.rename(f"product_kernel_{tile}")
    return product_kernel
