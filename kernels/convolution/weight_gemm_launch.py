"""From a checked convolution to the launch of its weight gradient: tile, parts, tables, launch.

All but the launches is prepared once for arrays of a kind.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import lookup, weight_gemm
from crosscheck.kernels.convolution.implicit_gemm_launch import Tiles, forward_axes
from crosscheck.kernels.convolution.layout import in_quads, is_aligned
from crosscheck.kernels.convolution.lookup import Terms
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.weight_gemm import Mover
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.flat import flat, row_of
from crosscheck.kernels.parts import add_parts
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.schedule import Schedule
from crosscheck.kernels.waves import Product, choose, count

PARTS = (
    1,
    2,
    4,
    8,
    16,
    32,
    64,
    128,
    256,
    512,
)  # a sum over all positions is long, its outputs are few


class Rung(NamedTuple):
    """What makes a rung of the ladder: its tiles by dtype, and how they are brought.

    tiles, nhwc_tiles   for loads of one element, and of four neighbours
    mover               (tile, width of the loads) -> mover
    """

    tiles: Tiles
    nhwc_tiles: Tiles
    mover: Callable[[RegisterTile, int], Mover]

    def width(self, quads: bool) -> tuple[int, Tiles]:
        """Return how many neighbours a load brings, and the tiles for that."""
        return (4, self.nhwc_tiles) if quads else (1, self.tiles)


def product(problem: Problem) -> Product:
    """Return the sizes of dW as a product."""
    columns, terms = problem.channels * problem.r * problem.s, problem.n * problem.p * problem.q
    return Product(problem.filters, columns, terms, problem.groups)


# d y[n, k, p, q] / d w[k, c, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
def weight_gradient(rung: Rung, problem: Problem, x: Array, dy: Array, dw: Array) -> Schedule:
    """Return run(x, dy, dw), which computes dw."""
    place, library, dtype = arrays.place(x), arrays.namespace(x), computed(dw.dtype)
    n, _, height, width = x.shape
    K, CRS, terms, _ = this = product(problem)
    (images, xs), (gradients, ys) = flat(x), flat(dy)
    row_of_x, row_of_dy = row_of(x), row_of(dy)
    quads = is_aligned(images) and in_quads(xs, x.shape, problem.channels)
    quads = quads and is_aligned(gradients) and in_quads(ys, dy.shape, K)
    load, tiles = rung.width(quads)
    allowed = candidates.among(tiles[dtype.type])
    tile, parts = choose(tuple(allowed), PARTS, this, place.multiprocessors)

    steps = count(count(terms, tile.depth), parts)
    rows = (parts * steps + 2) * tile.depth  # loads run a tile ahead, look-ups two
    wide = max(images.size, gradients.size) >= 2**31
    entry = np.int64 if wide else np.int32
    geometry = problem.stride, problem.corner, problem.dilation
    strides = (xs[0], *xs[2:]), (ys[0], *ys[2:])
    described = (n, height, width), (problem.r, problem.s), (problem.p, problem.q), *geometry

    axes, nothing = forward_axes(problem), (0, 0, 0)
    columns = Terms(problem.channels, tile.columns, load)
    table = lookup.tables(axes, columns, xs[1:], nothing, ys[2:], place).table
    # As columns follow each other: where they are quads, (r, s, c).
    axes_of_dw = (0, 1, 2, 3) if load == 1 else (0, 2, 3, 1)
    down, across = count(K, tile.rows), count(CRS, tile.columns)
    kernel = weight_gemm.build(tile, rung.mover, load)
    configuration = parts * problem.groups * down * across, tile.threads
    sizes = K, CRS, (problem.channels * xs[1],), (K * ys[1], ys[1])
    counts = problem.groups, down, across, steps

    def run(x: Array, dy: Array, dw: Array) -> None:
        positions = arrays.empty_of(library, (rows, 4), entry)
        weight_gemm.positions_kernel.forall(rows)(positions, *described, *strides)
        gradients, images, turned = row_of_dy(dy), row_of_x(x), dw.transpose(axes_of_dw)
        sums = arrays.empty_of(library, (parts, *turned.shape), dtype)
        launch = kernel[configuration]
        launch(gradients, images, positions.reshape(-1), table, sums.reshape(-1), *sizes, counts)
        add_parts(sums, turned)

    return run
