"""From a checked convolution to the launch of its weight gradient on tensor cores.

All but the launches is prepared once for arrays of a kind.
"""

from collections.abc import Mapping

import numpy as np

from crosscheck.kernels import arrays, candidates
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import lookup
from crosscheck.kernels.convolution.implicit_gemm_launch import forward_axes
from crosscheck.kernels.convolution.lookup import Terms
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.convolution.tensor_cores import weight_product
from crosscheck.kernels.convolution.tensor_cores.bring import bring
from crosscheck.kernels.convolution.tensor_cores.positions import POSITION, positions_kernel
from crosscheck.kernels.convolution.tensor_cores.tile import WarpTile
from crosscheck.kernels.convolution.weight_gemm_launch import PARTS, product
from crosscheck.kernels.parts import add_parts
from crosscheck.kernels.schedule import Schedule, wide_for
from crosscheck.kernels.waves import choose, count

Tiles = Mapping[str, tuple[WarpTile, ...]]  # by the name of the arrays' dtype


def weight_gradient(tiles: Tiles, problem: Problem, x: Array, dy: Array, dw: Array) -> Schedule:
    """Return run(x, dy, dw), which computes dw."""
    place, library = arrays.place(x), arrays.namespace(x)
    n, _, height, width = x.shape
    K, _, terms, _ = this = product(problem)
    allowed = tuple(candidates.among(tiles[x.dtype.name]))
    tile, parts = choose(allowed, PARTS, this, place.multiprocessors)
    packed = tile.kind.packed
    images = bring(x, problem.channels, tile.kind)
    gradients = bring(dy, problem.filters, tile.kind)
    xs, ys = (tuple(step // packed for step in each.strides) for each in (images, gradients))

    C, R, S = problem.channels, problem.r, problem.s
    columns = Terms(C, tile.columns, 4 * packed, 0, packed)
    strides = (1, *images.strides[2:]), (1, S * C, C), (0, 0)
    table, places, geometry, filled = lookup.tables(forward_axes(problem), columns, *strides, place)
    steps = count(count(terms, tile.depth), parts)
    rows = (parts * steps + tile.stages - 1) * tile.depth  # loads run ahead
    wide = max(images.size, gradients.size) >= 2**31 or table.dtype == np.int64
    entry = np.int64 if wide or geometry.dtype == np.int64 else np.int32
    where = (n, height, width), (xs[0], xs[2], xs[3]), (ys[0], ys[2], ys[3]), rows

    down, across = count(K, tile.rows), filled // tile.columns
    kernel = weight_product.build(tile)
    configuration = parts * problem.groups * down * across, tile.threads
    channels = gradients.group // packed, images.group // packed
    sizes = K, R * S * C, channels, (problem.groups, down, across, steps)

    def run(x: Array, dy: Array, dw: Array) -> None:
        positions = arrays.empty_of(library, (rows * POSITION,), entry)
        positions_kernel.forall(rows)(positions, geometry, *where)
        turned = dw.transpose(0, 2, 3, 1)  # as columns follow each other
        sums = arrays.empty_of(library, (parts, *turned.shape), np.float32)
        operands = gradients.words(dy), images.words(x)
        launch = kernel[configuration]
        launch(*operands, positions, table, places, sums.reshape(-1), *sizes)
        add_parts(sums, turned)

    return wide_for(run, table, geometry)
