"""From a checked convolution to the launch of its product on tensor cores: tile, parts, tables.

All but the launches is prepared once for arrays of a kind.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import lookup
from crosscheck.kernels.convolution.epilogue import Ending
from crosscheck.kernels.convolution.implicit_gemm_launch import (
    PARTS,
    Gemm,
    forward_gemm,
    gradient_gemm,
)
from crosscheck.kernels.convolution.layout import in_quads, is_aligned
from crosscheck.kernels.convolution.lookup import Terms
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_cores import fragments, group_product, product, rows
from crosscheck.kernels.convolution.tensor_cores.bring import bring
from crosscheck.kernels.convolution.tensor_cores.group_tile import GroupTile
from crosscheck.kernels.convolution.tensor_cores.positions import POSITION, positions_kernel
from crosscheck.kernels.convolution.tensor_cores.tile import WarpTile
from crosscheck.kernels.flat import flat, is_flat, row_of
from crosscheck.kernels.launch import Kernel
from crosscheck.kernels.parts import add_parts, empty_parts
from crosscheck.kernels.schedule import Schedule, wide_for
from crosscheck.kernels.waves import choose, count

Tile = WarpTile | GroupTile
Tiles = Mapping[str, tuple[Tile, ...]]  # by the name of the arrays' dtype


class Kernels(NamedTuple):
    """What makes the kernels of a tile: the product's, and the one that writes the weights."""

    product: Callable[[Tile, int, Ending], Kernel]
    weights: Callable[[Tile], Kernel]


BY_WARPS = Kernels(product.build, fragments.preparation)
BY_GROUPS = Kernels(group_product.build, rows.preparation)


def forward(
    tiles: Tiles,
    problem: Problem,
    x: Array,
    w: Array,
    bias: Array,
    y: Array,
    kernels: Kernels = BY_WARPS,
) -> Schedule:
    """Return what computes y of x, w and bias."""
    gemm = forward_gemm(problem, flat(w).strides)
    return _schedule(tiles, kernels, problem, gemm, x, w, y)


def input_gradient(
    tiles: Tiles,
    problem: Problem,
    w: Array,
    dy: Array,
    dx: Array,
    kernels: Kernels = BY_WARPS,
) -> Schedule:
    """Return what computes dx of w and dy."""
    gemm = gradient_gemm(problem, flat(w).strides)
    run = _schedule(tiles, kernels, problem, gemm, dy, w, dx)
    no_bias = arrays.empty((0,), w.dtype, w)
    return lambda w, dy, dx, bias=no_bias: run(dy, w, bias, dx)


def _schedule(
    tiles: Tiles,
    kernels: Kernels,
    problem: Problem,
    gemm: Gemm,
    images: Array,
    w: Array,
    target: Array,
) -> Schedule:
    """Return run(images, weights, bias, output), for arrays of 4 dimensions: it lays images and
    weights out, multiplies, and adds the parts.
    """
    place, library = arrays.place(images), arrays.namespace(images)
    n, _, height, width = images.shape
    this = gemm.product(problem)
    allowed = tuple(candidates.among(tiles[images.dtype.name]))
    tile, parts = choose(allowed, PARTS, this, place.multiprocessors)
    packed = tile.kind.packed
    x = bring(images, gemm.channels, tile.kind)
    xs = tuple(step // packed for step in x.strides)  # of the channels, none is asked for

    direct = parts == 1 and is_flat(target)
    y = target if direct else empty_parts(parts, target)
    (out, ys), row_of_y = flat(y), row_of(y)
    part, ys = (0, ys) if direct else (ys[0], ys[1:])
    store = 4 if is_aligned(out) and in_quads(ys, target.shape, gemm.columns) else 1
    ending = Ending.RELU if problem.relu and direct else Ending.PLAIN

    terms = Terms(gemm.channels, tile.depth, 4 * packed, tile.stages + 1, packed)
    strides = (1, *x.strides[2:]), gemm.weight[2:], ys[2:]
    table, taps, geometry, filled_terms = lookup.tables(gemm.axes, terms, *strides, place)
    filled = filled_terms // tile.depth
    across, down = count(this.columns, tile.columns), count(gemm.columns, tile.rows)
    lattices = this.repeated // problem.groups
    positions = lattices * across * tile.columns
    words = this.repeated * down * filled * tile.words * tile.weight_rows
    bits = np.dtype(f"uint{8 * w.dtype.itemsize}")
    (vertical, *_), (horizontal, *_) = gemm.axes

    wide = max(x.size, out.size, words) >= 2**31 or table.dtype == np.int64
    entry = np.int64 if wide or geometry.dtype == np.int64 else np.int32
    where = (
        (n, height, width),
        (xs[0], xs[2], xs[3]),
        (ys[0], ys[2] * vertical.spacing, ys[3] * horizontal.spacing),
        across * tile.columns,
    )
    prepared = gemm.weight[:2], problem.groups, down, filled, gemm.columns
    sizes = (
        gemm.columns,
        x.group // packed,
        (gemm.columns * ys[1], ys[1], part),
        (problem.groups, parts, across, down, filled),
    )
    kernel, prepare = kernels.product(tile, store, ending), kernels.weights(tile)
    blocks, row_of_w = this.repeated * parts * across * down, row_of(w)
    configuration = blocks, tile.threads, None, tile.shared_bytes

    def run(images: Array, w: Array, bias: Array, target: Array) -> None:
        places = arrays.empty_of(library, (positions * POSITION,), entry)
        positions_kernel.forall(positions)(places, geometry, *where)
        weights = arrays.empty_of(library, (words,), np.uint32)
        prepare.forall(words)(row_of_w(w).view(bits), taps, weights, *prepared)
        y = target if direct else empty_parts(parts, target)
        launch = kernel[configuration]
        launch(x.words(images), weights, table, geometry, places, bias, row_of_y(y), *sizes)
        if not direct:
            add_parts(y, target, problem.floor)

    return wide_for(run, table, geometry)
