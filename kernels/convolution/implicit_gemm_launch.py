"""From a checked convolution to the launch of its implicit GEMM: tile, parts, tables, launch.

Which tile: the one with the least predicted time. A GPU computes as many blocks at once as fit, a
wave of them. A large tile spends more of its instructions on FMAs, but a layer that has no more
than 1.1 waves of it leaves nearly half of the GPU idle; splitting the sum over blocks makes
more of them. Filling the GPU counts for more than the last points of the ceiling.
"""

import math
from collections.abc import Callable, Mapping
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import implicit_gemm, lattice, lookup
from crosscheck.kernels.convolution.layout import in_quads, loads
from crosscheck.kernels.convolution.lookup import Axes
from crosscheck.kernels.convolution.mover import Load, Mover
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.flat import flat, is_flat
from crosscheck.kernels.parts import add_parts, empty_parts
from crosscheck.kernels.register_tile import RegisterTile

PARTS = (1, 2, 4, 8)
TOO_FEW = 128  # registers of a thread for windows of pooling: it spills
OUTSIDE_THE_LOOP = 1250  # instructions of a thread with 8 x 8 outputs, counted on sm_90a
Tiles = Mapping[type, tuple[RegisterTile, ...]]


class Rung(NamedTuple):
    """What makes a rung of the ladder: its tiles, and how they are brought.

    tiles   by what a load brings, the best first; each by dtype
    """

    tiles: Mapping[Load, Tiles]
    mover: Callable[[RegisterTile, Load], Mover]


SCHEDULERS = 4  # of an SM: each issues one instruction of a warp in a cycle
ADD_PART = 1 / 16  # cycles of an SM to add an output's part: 8 bytes at 128 bytes a cycle


class Gemm(NamedTuple):
    """A direction of a convolution as a product; `columns` and `channels` are those of a group.

    weight: strides of w for (group, column, channel, r, s), in elements.
    """

    axes: Axes
    columns: int
    channels: int
    weight: tuple[int, ...]

    @property
    def terms(self) -> int:
        """Of the longest sum."""
        return max(self.channels * len(v.taps) * len(h.taps) for v, h in product(*self.axes))

    def positions(self, images: int) -> int:
        """Of the largest lattice."""
        return images * max(v.extent * h.extent for v, h in product(*self.axes))

    @property
    def lattices(self) -> int:
        """How many there are."""
        return len(self.axes.vertical) * len(self.axes.horizontal)


@lru_cache
def forward_gemm(problem: Problem, w: tuple[int, ...]) -> Gemm:
    """Return y as a product; w: the strides of the weights in elements."""
    strides = problem.filters * w[0], *w
    return Gemm(forward_axes(problem), problem.filters, problem.channels, strides)


# d y[n, k, p, q] / d x[n, c, h, w] = w[k, c, r, s] where h = p * stride - padding + r * dilation
# and w likewise: lattice.py makes of that sum over k, r, s a forward convolution of dy, whose
# columns are the channels c and whose channels the filters k.
@lru_cache
def gradient_gemm(problem: Problem, w: tuple[int, ...]) -> Gemm:
    """Return dx as a product; w: the strides of the weights in elements."""
    axes = _axes(lattice.gradient, (problem.h, problem.w), problem)
    strides = problem.filters * w[0], w[1], w[0], *w[2:]
    return Gemm(axes, problem.channels, problem.filters, strides)


def forward_axes(problem: Problem) -> Axes:
    """Return the axes of the forward convolution."""
    return _axes(lattice.forward, problem.stored, problem)


def _axes(lattices: Callable, sizes: tuple[int, int], problem: Problem) -> Axes:
    windows = problem.r, problem.s
    each = zip(sizes, windows, problem.stride, problem.corner, problem.dilation, strict=True)
    return Axes(*(tuple(lattices(*axis)) for axis in each))


@lru_cache
def choose(
    tiles: tuple[RegisterTile, ...],
    parts: tuple[int, ...],
    rows: int,
    columns: int,
    terms: int,
    repeated: int,
    sms: int,
) -> tuple[RegisterTile, int]:
    """Return that of these tiles and numbers of parts with the least predicted time.

    rows, columns, terms: of the product; repeated: how many such products there are; sms: of the
    GPU. Ties go to the first.
    """

    def cycles(choice: tuple[RegisterTile, int]) -> float:
        tile, parts = choice
        blocks = repeated * parts * count(rows, tile.rows) * count(columns, tile.columns)
        waves, rest = divmod(blocks, sms * tile.blocks)
        fmas = tile.thread_rows * tile.thread_columns
        steps = count(count(terms, tile.depth), parts) * tile.depth
        instructions = steps * fmas / tile.ceiling + OUTSIDE_THE_LOOP * fmas / 64
        in_turn = waves * _warps_in_turn(tile, tile.blocks) + _warps_in_turn(tile, count(rest, sms))
        adding = ADD_PART * parts * rows * columns * repeated / sms if parts > 1 else 0
        return in_turn * instructions + adding

    return min(product(tiles, parts), key=cycles)


def _warps_in_turn(tile: RegisterTile, blocks: int) -> int:
    """Return how many warps a scheduler has where so many blocks are on its SM."""
    return count(blocks * tile.threads // 32, SCHEDULERS)


def count(extent: int, size: int) -> int:
    """Return how many pieces of a size cover an extent."""
    return -(-extent // size)


def forward(problem: Problem, x: Array, w: Array, bias: Array, y: Array, rung: Rung) -> None:
    """Compute y."""
    _run(problem, forward_gemm(problem, flat(w).strides), (x, w, bias, y), rung)


def input_gradient(problem: Problem, w: Array, dy: Array, dx: Array, rung: Rung) -> None:
    """Compute dx."""
    no_bias = arrays.empty((0,), w.dtype, w)
    _run(problem, gradient_gemm(problem, flat(w).strides), (dy, w, no_bias, dx), rung)


def _run(
    problem: Problem, gemm: Gemm, given: tuple[Array, Array, Array, Array], rung: Rung
) -> None:
    """Choose, lay the weights out, launch, and add the parts. given: images, weights, bias, output;
    the arrays have 4 dimensions."""
    images, w, bias, target = given
    place = arrays.place(images)
    n, _, height, width = images.shape
    positions = gemm.positions(n) * (4 if problem.pooled else 1)
    repeated = gemm.lattices * problem.groups
    extents = gemm.columns, positions, gemm.terms
    (x, xs), (row, _) = flat(images), flat(w)
    allowed = loads(x, xs, images.shape, gemm.channels, problem)
    load = next(each for each in rung.tiles if each in allowed)
    tiles = rung.tiles[load][images.dtype.type]
    if problem.pooled:
        tiles = tuple(each for each in tiles if each.registers > TOO_FEW)
    tiles = candidates.among(tiles)
    allowed_parts = (1,) if problem.pooled else PARTS  # the largest of four parts is no use
    tile, parts = choose(tiles, allowed_parts, *extents, repeated, place.multiprocessors)

    y = target if parts == 1 and is_flat(target) else empty_parts(parts, target)
    out, ys = flat(y)
    part, ys = (ys[0], ys[1:]) if y is not target else (0, ys)
    floor = problem.floor if parts == 1 else -math.inf  # that of a sum is not that of its parts

    store = 4 if in_quads(out, ys, target.shape, gemm.columns) else 1
    strides = xs[1:], gemm.weight[2:], ys[2:]
    lookups = lookup.tables(gemm.axes, gemm.channels, tile.depth, load.terms, *strides, place)
    filled = count(gemm.columns, tile.rows) * tile.rows
    size = repeated * lookups.terms * filled
    weights = arrays.empty((size,), w.dtype, w)
    counts = problem.groups, lookups.terms, gemm.columns, filled
    lookup.prepare_kernel.forall(size)(row, lookups.taps, weights, gemm.weight[:2], *counts)

    across, down = count(positions, tile.columns), filled // tile.rows
    (vertical, *_), (horizontal, *_) = gemm.axes
    launch = implicit_gemm.build(tile, rung.mover, load, store, problem.pooled)[
        repeated * parts * across * down, tile.threads
    ]
    launch(
        x,
        weights,
        lookups.table,
        lookups.geometry,
        bias,
        floor,
        out,
        (n, height, width),
        (xs[0], gemm.channels * xs[1], xs[2], xs[3]),
        gemm.columns,
        (
            ys[0],
            gemm.columns * ys[1],
            ys[1],
            ys[2] * vertical.spacing,
            ys[3] * horizontal.spacing,
            part,
        ),
        (problem.groups, parts, across, down, lookups.terms, filled),
    )
    if y is not target:
        add_parts(y, target, problem.floor)
