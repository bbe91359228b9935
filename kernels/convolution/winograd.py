"""Winograd convolution: 16 products where 36 would be, for filters of 3 x 3 and stride 1.

What it adds to `pipelined`: 2 x 2 outputs come from a patch of 4 x 4 pixels and a filter of 3 x 3
taps, both transformed, multiplied element by element (winograd_transforms.py). For each of the 16
elements, the frequencies, what is left is a matrix product over the channels. One kernel transforms
the patches as it loads them, computes all 16 products, and transforms their sums to outputs
(winograd_kernel.py). Only the transformed filters, 16 numbers for 9, go through global memory.

What it gains: 1234 instructions for 1024 FMAs, as many outputs as 2304 FMAs of a direct sum: at
most 187 % of the FFMA peak, counted in those, where `pipelined` ends at 91 % (float32, sm_90a; the
issue slots bind). Channels come in steps of 8, and a block has 64 filters and 32 x 4 outputs, so
that is for layers with many of each.

The input gradient is a forward convolution of dy with padding 2 - padding, by filters turned half a
turn. Stride and dilation 1, any padding and groups. Arrays may have any strides; where the channels
of images are neighbours in memory (channels_last), threads that are neighbours load channels.

It rounds more often than a sum of products, and where PyTorch has infinity it may have NaN, because
patches hold differences: infinity minus infinity. So it is chosen by name only.
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
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.flat import flat, row_of
from crosscheck.kernels.parts import add_parts, empty_parts
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Schedule, Scheduled
from crosscheck.kernels.waves import LAUNCH, count

# The product of a warp: rows are tiles of 2 x 2 outputs. A double takes two registers, and twice
# the shared memory.
TILES = {
    np.float32: RegisterTile(32, 64, registers=255),
    np.float64: RegisterTile(16, 32, 4, 4, registers=255),
}

PARTS = (1, 2, 4, 8)  # of the sum over channels, where tiles are few
# In steps of a block, 8 warps of 1234 instructions, of which an SM issues 4 in a cycle:
ADD = LAUNCH / (8 * 1234 / 4)  # a launch more
OUTSIDE_THE_LOOP = 1.2  # 1450 instructions
ADD_PART = 0.2  # 8 bytes for each of 8192 outputs, at 128 bytes a cycle


def unsupported(problem: Problem) -> str:
    """Return what of this problem the transforms do not fit, "" where they do."""
    if (problem.r, problem.s) != (TAPS, TAPS):
        return f"the filter is {problem.r} x {problem.s}; expected 3 x 3"
    if problem.stride != (1, 1):
        return f"stride is {problem.stride}; expected (1, 1)"
    if problem.dilation != (1, 1):
        return f"dilation is {problem.dilation}; expected (1, 1)"
    return ""


def prefers(problem: Problem, device: str) -> bool:
    """Return False: its bound is wider than that of a sum of products, so a user has to ask."""
    return False


def split(blocks: int, steps: int, sms: int) -> int:
    """Return in how many parts blocks should share their steps: the least predicted time.

    A block on an SM: fewer waves of longer blocks, or more of shorter ones. Ties go to the fewest.
    """

    def time(parts: int) -> float:
        waves, adding = count(blocks * parts, sms), ADD + ADD_PART * blocks * parts / sms
        return waves * (OUTSIDE_THE_LOOP + count(steps, parts)) + (adding if parts > 1 else 0)

    return min(PARTS, key=time)


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


def _forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> Schedule:
    strides = flat(w).strides
    strides = problem.filters * strides[0], *strides
    sizes = problem.filters, problem.channels
    product = _Product(*sizes, strides, False, (0, 0), problem.corner)
    return _schedule(problem, x, w, y, product)


# dx[n, c, h, w] sums w[k, c, r, s] * dy[k, h + padding - r, w + padding - s]: with r' = 2 - r and
# s' = 2 - s a forward convolution of dy, whose windows begin at h + padding - 2.
def _input_gradient(problem: Problem, w: Array, dy: Array, dx: Array) -> Schedule:
    strides = flat(w).strides
    strides = problem.filters * strides[0], strides[1], strides[0], *strides[2:]
    sizes = problem.channels, problem.filters
    product = _Product(*sizes, strides, True, problem.corner, (TAPS - 1, TAPS - 1))
    run = _schedule(problem, dy, w, dx, product)
    no_bias = arrays.empty((0,), w.dtype, w)
    return lambda w, dy, dx, bias=no_bias: run(dy, w, bias, dx)


def _schedule(problem: Problem, images: Array, w: Array, y: Array, product: _Product) -> Schedule:
    """Return run(images, weights, bias, output), for arrays of 4 dimensions: it transforms the
    weights, then computes the output.
    """
    library, dtype = arrays.namespace(images), computed(w.dtype)
    tile = TILES[dtype.type]
    columns, channels = product.columns, product.channels
    blocks, steps = count(columns, tile.columns), count(channels, tile.depth)
    filled = (steps + 1) * tile.depth  # loads run a step ahead
    laid_out = problem.groups, columns, channels, blocks, filled, tile.columns
    transforms = problem.groups * blocks * filled * tile.columns

    n, _, p, q = y.shape
    down, across = count(p, OUTPUTS), count(q, OUTPUTS)
    tile_blocks = count(n * down * across, tile.rows)
    launched = problem.groups * tile_blocks * blocks
    parts = split(launched, steps, arrays.place(images).multiprocessors)
    row_of_x, row_of_w, strides = row_of(images), row_of(w), flat(images).strides
    image = n, *images.shape[2:]
    together = strides[1] < strides[3]
    counts = channels, columns, steps, parts, down, across, tile_blocks, blocks
    kernel, configuration = build(tile), (launched * parts, THREADS)
    sizes = image, strides, together, product.origin, product.corner, counts

    def run(images: Array, w: Array, bias: Array, y: Array) -> None:
        weights = arrays.empty_of(library, (transforms * FREQUENCIES,), dtype)
        prepare = prepare_kernel.forall(transforms)
        prepare(row_of_w(w), weights, product.weight, product.turned, laid_out)
        sums = y[None] if parts == 1 else empty_parts(parts, y)
        launch = kernel[configuration]
        launch(row_of_x(images), weights, bias, sums, *sizes)
        if parts > 1:
            add_parts(sums, y)

    return run


forward = Scheduled(_forward)
input_gradient = Scheduled(_input_gradient)
