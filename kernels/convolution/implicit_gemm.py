"""Implicit GEMM: a convolution as the product of two matrices, one of which is never stored.

    Y[column, position] = sum over terms of W[term, column] * X[term, position]   of each group

A column is a filter, a term a triple (c, r, s), a position an output pixel (n, p, q). lattice.py
makes the input gradient the same thing. A block computes a tile of columns x positions, a thread of
it 8 x 8 or 16 x 8 outputs, in registers (register_tile.py).

A thread loads pixels of one position. It knows `start`, the position's offset in the image, and the
set `outside` of the filter's rows and columns that are outside the image there. What a term adds to
`start`, and its row and column, is looked up (lookup.py), a tile before it is needed. So a load is
an AND, an addition and the load itself. It may bring four (mover.py).

There are two tiles of each matrix: the next pair is on its way while this one is multiplied. How it
travels is the mover's, blocked.py or pipelined.py. Past the last tile both find zeros, so nothing
asks which tile is the last.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from crosscheck.kernels.convolution.epilogue import Ending, epilogue
from crosscheck.kernels.convolution.lookup import GEOMETRY, ORIGIN
from crosscheck.kernels.convolution.mover import Load, Mover, Share
from crosscheck.kernels.convolution.positions import geometry_of, in_windows, outside_bits
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import load_quad, opaque
from crosscheck.kernels.register_tile import RegisterTile, multiplication, placement, power_of_two
from crosscheck.kernels.unravel import unravel


@cache
def build(
    tile: RegisterTile,
    mover: Callable[[RegisterTile, Load], Mover],
    load: Load,
    store: int,
    ending: Ending,
) -> Kernel:
    """Return the kernel for a tile, with tiles brought by a mover.

    load: what a load of x brings; store: how many columns a store of y writes, 1 or 4;
    ending: what happens to the outputs before.
    """
    LOADS, SHARING, QUADS, _, WEIGHT_ROW, PIXEL_ROW = Share.of(tile, load)
    TERMS, POSITIONS = load
    M, N, DEPTH = tile.rows, tile.columns, tile.depth
    ROWS, COLUMNS = tile.thread_rows, tile.thread_columns
    # Quads from a tile to the other of its pair: powers of two, so that ^ goes there and back.
    WEIGHTS, IMAGES = DEPTH * WEIGHT_ROW, power_of_two(DEPTH * PIXEL_ROW)
    TWO_WEIGHTS, TWO_IMAGES = (2 * WEIGHTS, 4), (IMAGES + DEPTH * PIXEL_ROW, 4)
    FIRST_ROW, ACROSS = LOADS * TERMS * PIXEL_ROW, N // POSITIONS
    WORDS, TILE_WORDS = 2 * LOADS, 2 * DEPTH // TERMS  # looked up: by a thread, in all
    OUTPUTS, STAGED = (ROWS, COLUMNS), LOADS * TERMS * POSITIONS + 4 * QUADS
    begin, end = mover(tile, load)
    multiply = multiplication(tile, WEIGHT_ROW, PIXEL_ROW)
    place, put_quad = placement(tile), epilogue(tile, store, ending)
    locate = in_windows if ending is Ending.POOLED else unravel

    @device_function
    def look_up(table, entry, terms):
        if WORDS == 2:
            terms[0], terms[1] = table[entry], table[np.int64(entry) + 1]
        for i in range(WORDS // 4):
            quad = load_quad(table, np.int64(entry) + 4 * i)
            terms[4 * i], terms[4 * i + 1], terms[4 * i + 2], terms[4 * i + 3] = quad

    @kernel(launch_bounds=(tile.threads, tile.blocks))
    def product_kernel(x, w, table, geometry, bias, y, image, xs, K, ys, counts):
        """x, w, table, geometry, y flat; bias (groups * K) or (0).

        image: n, h, w of x; xs: its strides (n, group, h, w); K: columns of a group; ys: strides of
        y (n, group, column, p, q, part); counts: groups, parts, tiles along (position, column),
        terms and columns with what fills up the last tiles, weights of a tile of terms.
        """
        weights = cuda.shared.array(TWO_WEIGHTS, real, alignment=16)
        images = cuda.shared.array(TWO_IMAGES, real, alignment=16)
        kept = cuda.shared.array(5, np.int32)
        acc = cuda.local.array(OUTPUTS, real)
        a = cuda.local.array(ROWS, real)
        b = cuda.local.array(COLUMNS, real)
        staged = cuda.local.array(STAGED, real)
        terms = cuda.local.array(WORDS, table.dtype)
        groups, parts, across, down, filled_terms, filled_columns, step = counts
        t = index(cuda.threadIdx.x)

        # Blocks that share a piece of the images come one after the other: the cache has it then.
        block, column_tile, row_tile = unravel(index(cuda.blockIdx.x), across, down)
        lattice, part, group = unravel(block, parts, groups)
        extent, window, stride, corner, dilation, tiles = geometry_of(geometry, lattice)
        P, Q = extent
        share = (tiles + parts - 1) // parts
        first = min(part * share, tiles)
        todo = min(share, tiles - first)

        # What this thread loads: neighbouring terms of one position, and quads of the weights.
        mine, piece = (t % ACROSS, t // ACROSS) if TERMS == 1 else (t // SHARING, t % SHARING)
        mine *= POSITIONS
        n, p, q = locate(column_tile * N + mine, P, Q)
        top, left = p * stride[0] - corner[0], q * stride[1] - corner[1]
        start = n * xs[0] + group * xs[1] + top * xs[2] + left * xs[3]  # may wrap: so does the sum
        outside = outside_bits(n, top, left, image, window, dilation)
        entry = (lattice * filled_terms + first * DEPTH) * 2 // TERMS + piece * WORDS
        weight_row = (lattice * groups + group) * filled_terms + first * DEPTH + t // WEIGHT_ROW
        weight_at = weight_row * filled_columns + row_tile * M + t % WEIGHT_ROW * 4
        weight_to = t
        image_to, lane = piece * FIRST_ROW + mine // 4, mine % 4

        # For the end: in shared memory it takes no registers during the loop.
        if t == 0:
            kept[0], kept[1], kept[2] = lattice, part, group
            kept[3], kept[4] = column_tile, row_tile

        # What it computes.
        row, column = place(t)
        k = row_tile * M + row * 4
        for i in range(ROWS):
            here = k + index(i % 4 + i // 4 * 16)
            value = real(0)
            if bias.shape[0] != 0 and part == 0 and here < K:
                value = bias[group * K + here]
            for j in range(COLUMNS):
                acc[i, j] = value

        look_up(table, entry, terms)
        at, to = (start, outside, weight_at, filled_columns), (image_to, weight_to, lane)
        begin(x, w, at, terms, images, weights, to, staged)
        end(images, weights, to, staged)
        entry += TILE_WORDS
        look_up(table, entry, terms)
        cuda.syncthreads()  # the first tiles are complete before anyone reads them
        for _ in range(todo):
            weight_at += step  # an operand: the product would take a register, or a look-up
            entry += TILE_WORDS
            weight_to ^= WEIGHTS  # to the other tile of each pair
            image_to ^= IMAGES
            # The next tiles, and the look-up for those after them; past the end both find zeros.
            at, to = (start, outside, weight_at, filled_columns), (image_to, weight_to, lane)
            begin(x, w, at, terms, images, weights, to, staged)
            look_up(table, entry, terms)
            multiply(weights, images, row, column, a, b, acc)
            row ^= WEIGHTS
            column ^= IMAGES
            end(images, weights, to, staged)
            cuda.syncthreads()  # everyone has read the one pair and written the other

        lattice, part, group = index(kept[0]), index(kept[1]), index(kept[2])
        row, column = place(opaque(index(cuda.threadIdx.x)))
        k, position = index(kept[4]) * M + row * 4, index(kept[3]) * N + column * 4
        P, Q = index(geometry[lattice * GEOMETRY]), index(geometry[lattice * GEOMETRY + 1])
        origin = index(geometry[lattice * GEOMETRY + ORIGIN])
        first = origin + group * ys[1] + k * ys[2] + part * ys[5]
        put_quad(acc, 0, position, k, y, first, ys, image[0], K, P, Q)
        if COLUMNS >= 8:
            put_quad(acc, 4, position, k, y, first, ys, image[0], K, P, Q)
        if COLUMNS == 16:
            put_quad(acc, 8, position, k, y, first, ys, image[0], K, P, Q)
            put_quad(acc, 12, position, k, y, first, ys, image[0], K, P, Q)

    rung = mover.__module__.rpartition(".")[2]
    behind = f"_{ending}" if ending else ""
    product_kernel.rename(f"{rung}_kernel_{tile}_{TERMS}_{POSITIONS}_{store}{behind}")
    return product_kernel
