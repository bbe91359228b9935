"""Winograd's kernel: patches in, 16 matrix products, outputs out, all in one.

    M[f, tile, column] = sum over channels of V[f, tile, channel] * U[f, channel, column]

for each frequency f, of each group. V are the transformed patches, U the transformed filters, a
tile 2 x 2 outputs. A block computes all 16 products of 32 tiles and 64 columns; a warp two of them,
a thread of it 8 x 8 outputs of each, in registers (register_tile.py).

A thread loads the patch of one tile and channel, 4 x 4 pixels, and quads of the weights, transforms
the patch, and stores both in shared memory; the next ones travel while these are multiplied. Eight
channels of both fill 48 KiB, so there is one tile of each, and two barriers for eight channels.
"""

from functools import cache

import numpy as np

from crosscheck.kernels.convolution.winograd_epilogue import epilogue
from crosscheck.kernels.convolution.winograd_transforms import (
    FREQUENCIES,
    OUTPUTS,
    SIDE,
    transform_images,
)
from crosscheck.kernels.launch import Kernel, cuda, device_function, index, kernel, real
from crosscheck.kernels.ptx import load_if, load_quad, opaque
from crosscheck.kernels.register_tile import WARP, RegisterTile, multiplication, placement
from crosscheck.kernels.unravel import unravel

WARPS = FREQUENCIES // 2
THREADS = WARPS * WARP
FIRST_COLUMN = 1 << SIDE  # bit i of `outside`: row i of a patch; bit SIDE + j: column j
EVERYTHING = (1 << 2 * SIDE) - 1


@device_function
def outside_bits(n, top, left, image):
    """Return the rows and columns of a patch at (top, left) that are outside the image, as bits."""
    outside = index(0)
    for i in range(SIDE):
        if n >= image[0] or top + index(i) >= image[1]:  # above the image wraps to below it
            outside |= index(1 << i)
        if left + index(i) >= image[2]:
            outside |= index(FIRST_COLUMN << i)
    return outside


@cache
def build(tile: RegisterTile) -> Kernel:
    """Return the kernel whose warps compute products of this tile."""
    M, N, DEPTH = tile.rows, tile.columns, tile.depth
    ROWS, COLUMNS = OF_A_THREAD = tile.thread_rows, tile.thread_columns
    IMAGE_ROW, WEIGHT_ROW = M // 4, N // 4  # quads of one channel and frequency
    IMAGES, WEIGHTS = (DEPTH * FREQUENCIES * row for row in (IMAGE_ROW, WEIGHT_ROW))
    SHARED = WEIGHTS + IMAGES, 4
    QUADS, STAGED = WEIGHTS // THREADS, 4 * WEIGHTS // THREADS  # of weights, that a thread brings
    PATCHES, FOUR_ROWS = DEPTH * M, 4 * M
    STEP = 4 * WEIGHTS  # from the weights of some channels to those of the next

    multiply = multiplication(tile, FREQUENCIES * IMAGE_ROW, FREQUENCIES * WEIGHT_ROW)
    place, put_columns = placement(tile), epilogue(tile, THREADS)

    @device_function
    def loads_of(t, together):
        """Return the tile and the channel of the patch that a thread loads.

        Neighbours load patches of a row, every other pixel at a time; the cache keeps the rest of
        the sectors. Where channels lie together in memory, four neighbours load four channels:
        with eight, what they store in shared memory would lie in four banks.
        """
        if together:
            return t // 4 % M, t % 4 + t // FOUR_ROWS * 4
        return t % M, t // M

    @device_function
    def load(x, w, at, outside, xs, weight_at, d, staged):
        """Global memory -> registers: a patch, and quads of the weights."""
        for i in range(SIDE):
            row = at + xs[2] * index(i)
            for j in range(SIDE):
                inside = outside & index((1 << i) | (FIRST_COLUMN << j)) == 0
                d[SIDE * i + j] = load_if(x, row + xs[3] * index(j), inside)
        for i in range(QUADS):
            quad = load_quad(w, np.int64(weight_at) + 4 * THREADS * i)
            staged[4 * i], staged[4 * i + 1], staged[4 * i + 2], staged[4 * i + 3] = quad

    @device_function
    def store(d, staged, shared, image_to, lane, t):
        """Registers -> shared memory, [channel, frequency, tile or column]."""
        if PATCHES == THREADS or t < PATCHES:
            for f in range(FREQUENCIES):
                shared[np.int64(image_to) + f * IMAGE_ROW, lane] = d[f]
        for i in range(QUADS):
            for j in range(4):
                shared[np.int64(t) + i * THREADS, j] = staged[4 * i + j]

    @kernel(launch_bounds=(THREADS, 1))
    def winograd_kernel(x, w, bias, y, image, xs, together, origin, corner, counts):
        """x, w flat, w as prepared; bias (groups * columns) or (0); y (part, n, column, p, q).

        image: n, h, w of x; xs: its strides (n, channel, h, w); together: whether those of channels
        are the smallest. The window of output (p, q) begins at (p, q) + origin - corner.
        counts: channels and columns of a group, steps of channels, parts of them, tiles of outputs
        along (p, q), blocks along (tile, column).
        """
        shared = cuda.shared.array(SHARED, real, alignment=16)
        acc, acc_next = cuda.local.array(OF_A_THREAD, real), cuda.local.array(OF_A_THREAD, real)
        a, b = cuda.local.array(ROWS, real), cuda.local.array(COLUMNS, real)
        d, staged = cuda.local.array(FREQUENCIES, real), cuda.local.array(STAGED, real)
        channels, columns, steps, parts, down, across, tile_blocks, column_blocks = counts
        t = index(cuda.threadIdx.x)

        # Blocks that share a piece of the images come one after the other: the cache has it then.
        block = index(cuda.blockIdx.x)
        group, part, tile_block, column_block = unravel(block, parts, tile_blocks, column_blocks)
        share = (steps + parts - 1) // parts
        first = min(part * share, steps)
        todo = min(share, steps - first)

        # What this thread loads: the patch of one tile and channel, and quads of the weights.
        patch, channel = loads_of(t, together)
        image_to = channel * FREQUENCIES * IMAGE_ROW + patch // 4 + WEIGHTS
        channel += first * DEPTH
        n, p, q = unravel(tile_block * M + patch, down, across)
        top, left = p * OUTPUTS + origin[0] - corner[0], q * OUTPUTS + origin[1] - corner[1]
        at = n * xs[0] + (group * channels + channel) * xs[1] + top * xs[2] + left * xs[3]
        outside = outside_bits(n, top, left, image)
        if channel >= channels:
            outside = index(EVERYTHING)
        weight_at = (group * column_blocks + column_block) * (steps + 1) + first
        weight_at = weight_at * STEP + t * 4

        # What it multiplies: two frequencies, neighbours.
        row, column = place(t % WARP)
        row = opaque(row + t // WARP * 2 * IMAGE_ROW + WEIGHTS)
        column = opaque(column + t // WARP * 2 * WEIGHT_ROW)
        for i in range(ROWS):
            for j in range(COLUMNS):
                acc[i, j] = real(0)
                acc_next[i, j] = real(0)

        load(x, w, at, outside, xs, weight_at, d, staged)
        for _ in range(todo):
            transform_images(d)
            store(d, staged, shared, image_to, patch % 4, t)
            cuda.syncthreads()  # patches and weights are complete before anyone reads them
            channel += DEPTH
            at = opaque(at + xs[1] * DEPTH)
            weight_at += STEP
            if channel >= channels:
                outside = index(EVERYTHING)
            # The next ones travel during the product; past the end there are zeros.
            load(x, w, at, outside, xs, weight_at, d, staged)
            multiply(shared, shared, row, column, a, b, acc)
            multiply(shared, shared, row + IMAGE_ROW, column + WEIGHT_ROW, a, b, acc_next)
            cuda.syncthreads()  # everyone has read them before they are overwritten

        # What it stores: outputs of the same tile. Found again: fewer registers during the loop.
        block = opaque(index(cuda.blockIdx.x))
        group, part, tile_block, column_block = unravel(block, parts, tile_blocks, column_blocks)
        patch, slot = loads_of(opaque(index(cuda.threadIdx.x)), together)
        n, p, q = unravel(tile_block * M + patch, down, across)
        here = patch, slot, part, n, p, q, group * columns, column_block * N, columns
        put_columns(acc, acc_next, 0, shared, bias, y, *here)
        put_columns(acc, acc_next, 2, shared, bias, y, *here)
        if COLUMNS == 8:
            put_columns(acc, acc_next, 4, shared, bias, y, *here)
            put_columns(acc, acc_next, 6, shared, bias, y, *here)

    winograd_kernel.rename(f"winograd_kernel_{tile}")
    return winograd_kernel
