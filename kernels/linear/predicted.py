"""The predicted time of the linear layer on a GPU: `algorithm=None` runs what has the least.

`direct` and `tiled` are products with one output a thread (waves.py); the rungs of the convolution
are predicted as convolutions of images of one pixel (pixels.py).
"""

from collections.abc import Mapping
from types import ModuleType

import numpy as np

from crosscheck.kernels.arrays import Facts, Place
from crosscheck.kernels.convolution import predicted
from crosscheck.kernels.convolution.predicted import Predict
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.linear.pixels import Sizes
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.waves import Predicted, Product, predict

# By dtype; the ceilings are what `crosscheck inspect linear` counts (sm_90a).
DIRECT = {
    np.float32: RegisterTile(1, 256, 1, 1, depth=1, registers=32, ceiling=0.062),
    np.float64: RegisterTile(1, 256, 1, 1, depth=1, registers=32, ceiling=0.125),
}
TILED = {
    np.float32: RegisterTile(TILE, TILE, 1, 1, depth=TILE, registers=32, ceiling=0.105),
    np.float64: RegisterTile(TILE, TILE, 1, 1, depth=TILE, registers=32, ceiling=0.111),
}


def one_launch(
    direction: str,
    tiles: Mapping[type, RegisterTile],
    sizes: Sizes,
    arrays: Mapping[str, Facts],
    place: Place,
) -> Predicted:
    """Return the prediction of `direct` or `tiled`."""
    rows, ins, outs = sizes
    product = {
        "forward": Product(rows, outs, ins),
        "input_gradient": Product(rows, ins, outs),
        "weight_gradient": Product(outs, ins, rows),
    }[direction]
    dtype = next(iter(arrays.values())).dtype
    tile = tiles[computed(dtype).type]
    if tile.rows == 1:  # outputs follow one another
        product = Product(1, product.rows * product.columns, product.terms)
    moved = dtype.itemsize * (rows * ins + outs * ins + rows * outs)
    return predict([tile], [1], product, place.multiprocessors, moved)


def rung(
    direction: str,
    module: ModuleType,
    sizes: Sizes,
    arrays: Mapping[str, Facts],
    place: Place,
) -> Predicted:
    """Return the prediction of a rung of the convolution, a module."""
    if direction == "weight_gradient":
        of = predicted.weight_gemm(module.WEIGHT_RUNG)
    else:
        of = predicted.implicit_gemm(direction, module.RUNG)
    return of_pixels(of, sizes, arrays, place)


def of_pixels(of: Predict, sizes: Sizes, arrays: Mapping[str, Facts], place: Place) -> Predicted:
    """Return a prediction of the convolution that the layer is."""
    images = {name: _pixels(each) for name, each in arrays.items()}
    return of(sizes.problem, images, place)


def _pixels(matrix: Facts) -> Facts:
    """Return the facts of (..., columns) as images (n, c, 1, 1), from any first dimensions."""
    (*lead, columns), (*steps, step) = matrix.shape, matrix.strides
    rows = int(np.prod(lead)) if lead else 1
    return matrix._replace(
        shape=(rows, columns, 1, 1), strides=(steps[-1] if steps else 0, step, 0, 0)
    )
