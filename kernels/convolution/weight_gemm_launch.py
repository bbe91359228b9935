"""From a checked convolution to the launch of its weight gradient: tile, parts, tables, launch."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import lookup, weight_gemm
from crosscheck.kernels.convolution.implicit_gemm_launch import Tiles, choose, count, forward_axes
from crosscheck.kernels.convolution.layout import in_quads
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.weight_gemm import Mover
from crosscheck.kernels.flat import flat
from crosscheck.kernels.parts import add_parts
from crosscheck.kernels.register_tile import RegisterTile

PARTS = (1, 2, 4, 8, 16, 32, 64, 128)  # a sum over all positions is long, its outputs are few


class Rung(NamedTuple):
    """What makes a rung of the ladder: its tiles by dtype, and how they are brought.

    tiles, nhwc_tiles   for loads of one element, and of four neighbours
    mover               (tile, width of the loads) -> mover
    """

    tiles: Tiles
    nhwc_tiles: Tiles
    mover: Callable[[RegisterTile, int], Mover]


# d y[n, k, p, q] / d w[k, c, r, s] = x[n, c, h, w]: every output of filter k used the element once,
# at h = p * stride - padding + r * dilation, w likewise, where that lies inside the image.
def run(
    problem: Problem,
    x: Array,
    dy: Array,
    dw: Array,
    rung: Rung,
) -> None:
    """Compute dw."""
    place = arrays.place(x)
    n, _, height, width = x.shape
    K, CRS = problem.filters, problem.channels * problem.r * problem.s
    terms = problem.n * problem.p * problem.q
    (images, xs), (gradients, ys) = flat(x), flat(dy)
    quads = in_quads(images, xs, x.shape, problem.channels)
    quads = quads and in_quads(gradients, ys, dy.shape, K)
    load, tiles = (4, rung.nhwc_tiles) if quads else (1, rung.tiles)
    allowed = candidates.among(tiles[x.dtype.type])
    tile, parts = choose(allowed, PARTS, K, CRS, terms, problem.groups, place.multiprocessors)

    steps = count(count(terms, tile.depth), parts)
    rows = (parts * steps + 2) * tile.depth  # loads run a tile ahead, look-ups two
    wide = max(images.size, gradients.size) >= 2**31
    positions = arrays.empty((rows, 4), np.int64 if wide else np.int32, x)
    window, extent = (problem.r, problem.s), (problem.p, problem.q)
    geometry = problem.stride, problem.corner, problem.dilation
    strides = (xs[0], *xs[2:]), (ys[0], *ys[2:])
    launch = weight_gemm.positions_kernel.forall(rows)
    launch(positions, (n, height, width), window, extent, *geometry, *strides)

    axes, nothing = forward_axes(problem), (0, 0, 0)
    table = lookup.tables(
        axes, problem.channels, tile.columns, load, xs[1:], nothing, ys[2:], place
    ).table
    dw = dw if load == 1 else dw.transpose(0, 2, 3, 1)  # as columns follow each other: (r, s, c)
    sums = arrays.empty((parts, *dw.shape), dw.dtype, dw)
    down, across = count(K, tile.rows), count(CRS, tile.columns)
    blocks = parts * problem.groups * down * across
    launch = weight_gemm.build(tile, rung.mover, load)[blocks, tile.threads]
    launch(
        gradients,
        images,
        positions.reshape(-1),
        table,
        sums.reshape(-1),
        K,
        CRS,
        (problem.channels * xs[1],),
        (K * ys[1], ys[1]),
        (problem.groups, down, across, steps),
    )
    add_parts(sums, dw)
