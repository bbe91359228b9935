"""Implicit GEMM by wgmma: forward, and the input gradient by lattice.py.

    Y[position, column] = sum over terms of X[term, position] * W[term, column]   of each group

Tables, copies and the ring of tiles are those of product.py. But no warp reads the weights, and
only TF32_3X the images (group_steps.py): the rows of a tile, of positions and of filters, lie in
shared memory as wgmma wants them (kernels/ptx/warp_groups.py), and a warp group multiplies 64
positions by all filters of the tile, 32 bytes of the rows at a time. Eight threads copy the eight
quads of a row, each to its swizzled place: what a warp writes at once lies in all banks. Positions
are the rows of the product here, so the outputs of a lane are those of two positions.

A turn of the loop: wait for the tile's copies, let wgmma see them, and a barrier; start the
products and, while the tensor cores multiply, the copies that overwrite the tile before; wait for
the products, which have then read this tile. Products on their way from one turn to the next would
let a copy wait less, but the assembler then finds other definitions of their accumulators, the
biases, in the pipeline, and makes each wait for the one before.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.epilogue import Ending
from crosscheck.kernels.convolution.lookup import GEOMETRY, NOTHING, TILES
from crosscheck.kernels.convolution.tensor_cores.group_steps import steps
from crosscheck.kernels.convolution.tensor_cores.group_tile import (
    GROUP,
    GROUP_COLUMNS,
    QUADS,
    GroupTile,
)
from crosscheck.kernels.convolution.tensor_cores.positions import FROM, OUTSIDE, POSITION, TO
from crosscheck.kernels.convolution.tensor_cores.storing import storing
from crosscheck.kernels.convolution.tensor_cores.tile import LANES
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import WARP_GROUPS, commit, copy_quad_async, fence_shared, wait
from crosscheck.kernels.unravel import unravel


@cache
def build(tile: GroupTile, store: int, ending: Ending) -> Kernel:
    """Return the kernel for a tile; store and ending are those of `storing`."""
    M, N, STAGES, THREADS = tile.rows, tile.columns, tile.stages, tile.threads
    APART = THREADS // QUADS  # rows between those of which a thread copies a quad
    IMAGES, WEIGHTS = N // APART, tile.weight_rows // APART  # quads that a thread copies
    FIRST_WEIGHT, STAGE = QUADS * N, QUADS * (tile.weight_rows + N)
    TILE_WORDS = tile.words * tile.weight_rows
    END = STAGES * STAGE
    ACC, STARTS, PAIR, QUAD, AHEAD = M // 2, 2 * IMAGES, 2, 4, STAGES - 1
    TILE_ENTRIES, PENDING, SIXTEENS = 2 * QUADS, STAGES - 2, M // 16
    put_quad, (start, finish) = storing(store, ending), steps(tile)

    @device_function
    def load(tiles, to, x, starts, quad, w, weight_at):
        """Start the copies of a tile. The weights lie in memory as they will in the tile."""
        for i in range(WEIGHTS):
            at = np.int64(weight_at) + 4 * THREADS * i
            copy_quad_async(tiles, np.int64(to) + (FIRST_WEIGHT + THREADS * i), w, at, True)
        for i in range(IMAGES):
            inside = index(starts[2 * i + 1]) & index(quad[1]) == 0
            at = np.int64(index(starts[2 * i]) + index(quad[0]))
            copy_quad_async(tiles, np.int64(to) + THREADS * i, x, at, inside)
        commit()

    @device_function
    def look_up(table, entry, quad):
        quad[0], quad[1] = table[entry], table[np.int64(entry) + 1]

    @device_function
    def put(acc, below, positions, position, k, y, first, K, step):
        """Store one position of a lane: quads of filters, of which four lanes have 16."""
        place = positions[np.int64(position) * POSITION + TO]
        if place != NOTHING:
            for i in range(SIXTEENS):
                values = cuda.local.array(QUAD, real)
                for e in range(4):
                    values[e] = acc[8 * i + e // 2 * 4 + 2 * below + e % 2]
                here = k + index(16 * i)
                put_quad(values, y, index(place) + first + here * step, here, K, step)

    @kernel(launch_bounds=(THREADS, tile.blocks), only_on=WARP_GROUPS)
    def group_kernel(x, w, table, geometry, positions, bias, y, K, channels, ys, counts):
        """The arguments of product.py's kernel; w: rows.py has its order."""
        tiles = cuda.shared.array(0, np.uint32, alignment=1024)  # as much as the launch asks for
        acc = cuda.local.array(ACC, real)
        products = cuda.local.array(ACC, real)
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
        to = t ^ t // QUADS % QUADS
        weight_at = weight_tile * TILE_WORDS + 4 * to

        # What it computes.
        lane, warp = t % LANES, t // LANES
        image = t // GROUP * index(GROUP_COLUMNS * QUADS)
        weight = index(FIRST_WEIGHT)
        mine = (warp * 16 + lane // 4) * QUADS + (lane % 4 * 2 ^ lane // 4)
        k = row_tile * M + lane % 4 * 4
        for i in range(SIXTEENS):
            for e in range(4):
                here = k + index(16 * i + e)
                value = real(0)
                if bias.shape[0] != 0 and part == 0 and here < K:
                    value = bias[group * K + here]
                acc[8 * i + e // 2 * 4 + e % 2] = value
                acc[8 * i + e // 2 * 4 + e % 2 + 2] = value

        for _ in range(AHEAD):
            look_up(table, entry, quad)
            load(tiles, to, x, starts, quad, w, weight_at)
            entry += TILE_ENTRIES
            weight_at += TILE_WORDS
            to += STAGE
        look_up(table, entry, quad)
        while todo != 0:
            wait(PENDING)
            fence_shared()
            cuda.syncthreads()  # the tile is there, and all have read the one that goes now
            start(tiles, image, weight, mine, acc, products)
            load(tiles, to, x, starts, quad, w, weight_at)
            entry += TILE_ENTRIES
            weight_at += TILE_WORDS
            look_up(table, entry, quad)
            finish(tiles, image, weight, mine, acc, products)
            mine += STAGE
            image += STAGE
            weight += STAGE
            to += STAGE
            if weight >= END:
                mine -= END
                image -= END
                weight -= END
            if to >= END:
                to -= END
            todo -= 1
        wait(0)  # nothing is on its way to the memory of a block that is gone

        position = first_position + warp * 16 + lane // 4
        first = group * ys[0] + part * ys[2]
        put(acc, 0, positions, position, k, y, first, K, ys[1])
        put(acc, 1, positions, position + 8, k, y, first, K, ys[1])

    behind = f"_{ending}" if ending else ""
    group_kernel.rename(f"group_kernel_{tile}_{store}{behind}")
    return group_kernel
