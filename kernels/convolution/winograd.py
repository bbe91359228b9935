"""Winograd convolution: 16 products where 36 would be, for filters of 3 x 3 and stride 1.

What it adds to `blocked`: 2 x 2 outputs are computed from a transformed patch of 4 x 4 pixels and a
transformed filter, element by element (winograd_transforms.py). For each of the 16 elements, the
frequencies, what remains is a product of two matrices, summed over the channels:

    M[f, tile, column] = sum over channels of V[f, tile, channel] * U[f, channel, column]

A block computes all 16 products of 32 tiles of 2 x 2 outputs and 64 columns, each warp two of them.
It transforms the patches as it loads them, and the outputs before it stores them: neither is ever
in global memory, the transformed weights alone are. Frequencies of one tile end in eight warps, so
outputs go through shared memory, 16 columns at a time.

What it gains: XXX

The input gradient is the same: a forward convolution of dy, of padding 2 - padding, with the
filters turned by half a turn.

Any padding, groups and strides of the arrays. A result is rounded more often than a sum of products
is, and with its patch: an infinity makes NaN where the direct sum would be infinite.
"""

from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.winograd_kernel import THREADS, build
from crosscheck.kernels.convolution.winograd_transforms import (
    FREQUENCIES,
    OUTPUTS,
    TAPS,
    prepare_kernel,
)
from crosscheck.kernels.flat import flat
from crosscheck.kernels.register_tile import RegisterTile

# The product of a warp: rows are tiles of 2 x 2 outputs. A double takes two registers, and twice
# the shared memory.
TILES = {
    np.float32: RegisterTile(32, 64, registers=255),
    np.float64: RegisterTile(16, 32, 4, 4, registers=255),
}


def unsupported(problem: Problem) -> str:
    """Return what of this problem the transforms do not fit, "" where they do."""
    if (problem.r, problem.s) != (TAPS, TAPS):
        return f"the filter is {problem.r} x {problem.s}; expected 3 x 3"
    if problem.stride != (1, 1):
        return f"stride is {problem.stride}; expected (1, 1)"
    if problem.dilation != (1, 1):
        return f"dilation is {problem.dilation}; expected (1, 1)"
    return ""


class _Product(NamedTuple):
    """A direction: columns and channels of a group; strides of w for (group, column, channel, r,
    s); whether filters are turned; the window of output (p, q) begins at (p, q) + origin - corner.
    """

    columns: int
    channels: int
    weight: tuple[int, ...]
    turned: bool
    origin: tuple[int, int]
    corner: tuple[int, int]


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> None:
    row, strides = flat(w)
    strides = problem.filters * strides[0], *strides
    sizes = problem.filters, problem.channels
    _run(problem, x, row, bias, y, _Product(*sizes, strides, False, (0, 0), problem.corner))


# dx[n, c, h, w] sums w[k, c, r, s] * dy[k, h + padding - r, w + padding - s]: with r' = 2 - r and
# s' = 2 - s a forward convolution of dy, whose windows begin at h + padding - 2.
def input_gradient(problem: Problem, w: Array, dy: Array, dx: Array) -> None:
    row, strides = flat(w)
    strides = problem.filters * strides[0], strides[1], strides[0], *strides[2:]
    sizes = problem.channels, problem.filters
    no_bias = arrays.empty((0,), w.dtype, w)
    product = _Product(*sizes, strides, True, problem.corner, (TAPS - 1, TAPS - 1))
    _run(problem, dy, row, no_bias, dx, product)


def _run(
    problem: Problem, images: Array, w: Array, bias: Array, y: Array, product: _Product
) -> None:
    """Transform the weights, then launch. w: flat; the other arrays but bias have 4 dimensions."""
    tile = TILES[images.dtype.type]
    columns, channels = product.columns, product.channels
    blocks, steps = -(-columns // tile.columns), -(-channels // tile.depth)
    filled = (steps + 1) * tile.depth  # loads run a step ahead
    counts = problem.groups, columns, channels, blocks, filled, tile.columns
    transforms = problem.groups * blocks * filled * tile.columns
    weights = arrays.empty((transforms * FREQUENCIES,), w.dtype, w)
    prepare_kernel.forall(transforms)(w, weights, product.weight, product.turned, counts)

    n, _, p, q = y.shape
    down, across = -(-p // OUTPUTS), -(-q // OUTPUTS)
    tile_blocks = -(-n * down * across // tile.rows)
    x, strides = flat(images)
    image = n, *images.shape[2:]
    place = product.origin, product.corner
    counts = channels, columns, steps, down, across, tile_blocks, blocks
    launch = build(tile)[problem.groups * tile_blocks * blocks, THREADS]
    launch(x, weights, bias, y, image, strides, *place, counts)
