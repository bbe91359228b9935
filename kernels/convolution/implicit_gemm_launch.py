"""From a checked convolution to the launch of its implicit GEMM: tile, parts, tables, launch.

The tile is the one with the least predicted time (waves.py). All but the launches is prepared once
for arrays of a kind.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from itertools import product
from typing import NamedTuple

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import implicit_gemm, lattice, lookup
from crosscheck.kernels.convolution.epilogue import Ending
from crosscheck.kernels.convolution.layout import in_quads, is_aligned, loads
from crosscheck.kernels.convolution.lookup import Axes, Terms
from crosscheck.kernels.convolution.mover import CHANNELS, PIXEL, Load, Mover
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.flat import flat, is_flat, row_of
from crosscheck.kernels.parts import add_parts, empty_parts
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Schedule, wide_for
from crosscheck.kernels.waves import Product, choose, count

PARTS = (1, 2, 4, 8)
TOO_FEW = 128  # registers of a thread: with ReLU, pipelined spills with them in NHWC
Tiles = Mapping[type, tuple[RegisterTile, ...]]


class Rung(NamedTuple):
    """What makes a rung of the ladder: its tiles, and how they are brought.

    tiles   by what a load brings, the best first; each by dtype
    mover   (tile, load) -> mover
    """

    tiles: Mapping[Load, Tiles]
    mover: Callable[[RegisterTile, Load], Mover]

    def load(self, allowed: Iterable[Load]) -> Load:
        """Return the best of the loads that images allow."""
        return next(each for each in self.tiles if each in allowed)


class Gemm(NamedTuple):
    """A direction of a convolution as a product; `columns` and `channels` are those of a group.

    weight: strides of w for (group, column, channel, r, s), in elements.
    """

    axes: Axes
    columns: int
    channels: int
    weight: tuple[int, ...]

    def product(self, problem: Problem) -> Product:
        """Return its sizes: the largest lattice, the mean of the lattices' sums, how many it is."""
        lattices = list(product(*self.axes))
        positions = problem.n * max((v.extent * h.extent for v, h in lattices), default=0)
        positions *= 4 if problem.pooled else 1
        taps = sum(len(v.taps) * len(h.taps) for v, h in lattices)
        terms = count(self.channels * taps, max(1, len(lattices)))
        return Product(self.columns, positions, terms, len(lattices) * problem.groups)


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


def choices(
    rung: Rung, problem: Problem, load: Load, dtype: type
) -> tuple[tuple[RegisterTile, ...], tuple[int, ...]]:
    """Return the tiles, and the numbers of parts of a sum, that a problem may choose from."""
    tiles = tuple(rung.tiles[load][dtype])
    if problem.relu and load == CHANNELS:
        tiles = tuple(each for each in tiles if each.registers > TOO_FEW) or tiles
    return tiles, (1,) if problem.pooled else PARTS  # the largest of parts is of no use


def _ending(problem: Problem, direct: bool) -> Ending:
    """Return what the kernel stores; direct: to the output, not to parts of it."""
    if problem.pooled:
        return Ending.POOLED
    return Ending.RELU if problem.relu and direct else Ending.PLAIN


def forward(rung: Rung, problem: Problem, x: Array, w: Array, bias: Array, y: Array) -> Schedule:
    """Return what computes y of x, w and bias."""
    return _schedule(rung, problem, forward_gemm(problem, flat(w).strides), x, w, y)


def input_gradient(rung: Rung, problem: Problem, w: Array, dy: Array, dx: Array) -> Schedule:
    """Return what computes dx of w and dy."""
    run = _schedule(rung, problem, gradient_gemm(problem, flat(w).strides), dy, w, dx)
    no_bias = arrays.empty((0,), w.dtype, w)
    return lambda w, dy, dx, bias=no_bias: run(dy, w, bias, dx)


def _schedule(
    rung: Rung, problem: Problem, gemm: Gemm, images: Array, w: Array, target: Array
) -> Schedule:
    """Return run(images, weights, bias, output), for arrays of 4 dimensions: it lays the weights
    out, multiplies, and adds the parts.
    """
    place, library, dtype = arrays.place(images), arrays.namespace(images), w.dtype
    n, _, height, width = images.shape
    this = gemm.product(problem)
    (x, xs), row_of_x, row_of_w = flat(images), row_of(images), row_of(w)
    allowed = loads(xs, images.shape, gemm.channels, problem) if is_aligned(x) else (PIXEL,)
    load = rung.load(allowed)
    tiles, allowed_parts = choices(rung, problem, load, computed(images.dtype).type)
    tiles = tuple(candidates.among(tiles))
    tile, parts = choose(tiles, allowed_parts, this, place.multiprocessors)

    direct = parts == 1 and is_flat(target)
    y = target if direct else empty_parts(parts, target)
    (out, ys), row_of_y = flat(y), row_of(y)
    part, ys = (0, ys) if direct else (ys[0], ys[1:])

    store = 4 if is_aligned(out) and in_quads(ys, target.shape, gemm.columns) else 1
    strides = xs[1:], gemm.weight[2:], ys[2:]
    terms = Terms(gemm.channels, tile.depth, load.terms)
    lookups = lookup.tables(gemm.axes, terms, *strides, place)
    filled = count(gemm.columns, tile.rows) * tile.rows
    size = this.repeated * lookups.terms * filled
    counts = problem.groups, lookups.terms, gemm.columns, filled
    across, down = count(this.columns, tile.columns), filled // tile.rows
    (vertical, *_), (horizontal, *_) = gemm.axes
    kernel = implicit_gemm.build(tile, rung.mover, load, store, _ending(problem, direct))
    configuration = this.repeated * parts * across * down, tile.threads
    sizes = (
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
        (problem.groups, parts, across, down, lookups.terms, filled, filled * tile.depth),
    )
    table, taps, geometry, _ = lookups

    def run(images: Array, w: Array, bias: Array, target: Array) -> None:
        weights = arrays.empty_of(library, (size,), dtype)
        prepare = lookup.prepare_kernel.forall(size)
        prepare(row_of_w(w), taps, weights, gemm.weight[:2], *counts)
        y = target if direct else empty_parts(parts, target)
        launch = kernel[configuration]
        x, out = row_of_x(images), row_of_y(y)
        launch(x, weights, table, geometry, bias, out, *sizes)
        if not direct:
            add_parts(y, target, problem.floor)

    return wide_for(run, table, geometry)
