"""A 5 x 5 filter over an image with zero padding: naive, and tiled in shared memory.

One thread computes one pixel. In the tiled kernel a block first loads its tile, with a border of
RADIUS pixels, into shared memory.
"""

import numpy as np
from numba import cuda, float32, njit, prange

from crosscheck.benchmarks.cpu_device.case import Case, Problem, blocks

TILE, RADIUS = 16, 2
WIDTH = 2 * RADIUS + 1
BORDERED = TILE + 2 * RADIUS


def naive(image, weights, out):
    column, row = cuda.grid(2)
    if row < out.shape[0] and column < out.shape[1]:
        total = float32(0)
        for r in range(WIDTH):
            h = row + r - RADIUS
            for s in range(WIDTH):
                w = column + s - RADIUS
                if 0 <= h and h < image.shape[0] and 0 <= w and w < image.shape[1]:
                    total += image[h, w] * weights[r, s]
        out[row, column] = total


def tiled(image, weights, out):
    tile = cuda.shared.array((BORDERED, BORDERED), float32)
    column, row = cuda.grid(2)
    x = cuda.threadIdx.x
    y = cuda.threadIdx.y
    for i in range(y, BORDERED, TILE):
        h = cuda.blockIdx.y * TILE + i - RADIUS
        for j in range(x, BORDERED, TILE):
            w = cuda.blockIdx.x * TILE + j - RADIUS
            if 0 <= h and h < image.shape[0] and 0 <= w and w < image.shape[1]:
                tile[i, j] = image[h, w]
            else:
                tile[i, j] = 0
    cuda.syncthreads()  # the tile is complete
    if row < out.shape[0] and column < out.shape[1]:
        total = float32(0)
        for r in range(WIDTH):
            for s in range(WIDTH):
                total += tile[y + r, x + s] * weights[r, s]
        out[row, column] = total


@njit(parallel=True, cache=True)
def loop(image, weights, out):
    H, W = out.shape
    for row in prange(H):
        for column in range(W):
            out[row, column] = 0
        for r in range(max(0, RADIUS - row), min(WIDTH, H + RADIUS - row)):
            for s in range(WIDTH):
                weight = weights[r, s]
                for column in range(max(0, RADIUS - s), min(W, W + RADIUS - s)):
                    out[row, column] += image[row + r - RADIUS, column + s - RADIUS] * weight


def problem(random: np.random.Generator, size: int) -> Problem:
    """An image of `size` x `size` pixels."""
    image = random.random((size, size), np.float32)
    weights = random.standard_normal((WIDTH, WIDTH), np.float32)
    padded = np.pad(image.astype(np.float64), RADIUS)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weights.shape)
    expected = np.einsum("hwrs,rs->hw", windows, weights)
    side = blocks(size, TILE)
    arguments = (image, weights, np.empty_like(image))
    return Problem((side, side), (TILE, TILE), arguments, expected, tolerance=1e-5)


CASES = (
    Case("convolution, naive", naive, loop, problem, small=40, large=256),
    Case("convolution, tiled", tiled, loop, problem, small=40, large=256, waits="barriers"),
)
