"""The predicted time of each rung of conv2d on a GPU: `algorithm=None` runs the one with the least.

Every rung is a product of matrices in tiles (waves.py), at the ceiling that `crosscheck inspect`
counts. A rung with one output a thread is one, too, with a tile of one output a thread. What has to
be moved at least is each array once; a rung that lays weights or positions out moves them besides.
"""

from collections.abc import Callable, Mapping
from math import prod

import numpy as np

from crosscheck.kernels.arrays import Facts, Place
from crosscheck.kernels.convolution import implicit_gemm_launch, weight_gemm_launch
from crosscheck.kernels.convolution.implicit_gemm_launch import Gemm, Rung
from crosscheck.kernels.convolution.layout import in_quads, loads
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.dtypes import computed
from crosscheck.kernels.register_tile import RegisterTile
from crosscheck.kernels.tiles import TILE
from crosscheck.kernels.waves import Predicted, Product, predict

Predict = Callable[[Problem, Mapping[str, Facts], Place], Predicted]
ANY_STRIDES = 0, 0, 0, 0
POSITION_BYTES = 16  # looked up for a position by the weight gradient's blocks


def _tile(float32: float, float64: float, *shape: int, **how: int) -> Mapping[type, RegisterTile]:
    """Return tiles of this shape, by dtype, with these ceilings (sm_90a)."""
    ceilings = {np.float32: float32, np.float64: float64}
    return {
        dtype: RegisterTile(*shape, registers=32, ceiling=each, **how)
        for dtype, each in ceilings.items()
    }


def _one_output(float32: float, float64: float) -> Mapping[type, RegisterTile]:
    return _tile(float32, float64, 1, 256, 1, 1, depth=1)


def _shared(float32: float, float64: float) -> Mapping[type, RegisterTile]:
    return _tile(float32, float64, TILE, TILE, 1, 1, depth=TILE)


def _column(float32: float, float64: float) -> Mapping[type, RegisterTile]:
    return _tile(float32, float64, 8, 128, 8, 1, depth=1)


DIRECT = {
    "forward": _one_output(0.056, 0.111),
    "input_gradient": _one_output(0.062, 0.125),
    "weight_gradient": _one_output(0.056, 0.111),
}
TILED = {
    "forward": _shared(0.124, 0.143),
    "input_gradient": _shared(0.113, 0.143),
    "weight_gradient": _shared(0.133, 0.143),
}
# Without the instructions that waves.py counts apart: 339 in all for 8 outputs of 3 x 3.
DEPTHWISE = {
    "forward": _column(0.39, 0.78),
    "input_gradient": _column(0.39, 0.78),
    "weight_gradient": _column(0.214, 0.429),
}


def direct(direction: str) -> Predict:
    """Return the prediction of `direct`: its outputs follow one another, whatever their place."""

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        this = _product(direction, problem)
        in_a_row = Product(1, this.rows * this.columns * this.repeated, this.terms)
        return _of_one_launch(DIRECT[direction], in_a_row, problem, arrays, place)

    return predicted


def tiled(direction: str) -> Predict:
    """Return the prediction of `tiled`, whose input gradient multiplies the zeros of a stride."""

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        this = _product(direction, problem)
        if direction == "input_gradient":
            terms = problem.filters * problem.r * problem.s
            pixels = problem.n * problem.h * problem.w
            this = Product(problem.channels, pixels, terms, problem.groups)
        return _of_one_launch(TILED[direction], this, problem, arrays, place)

    return predicted


def depthwise(direction: str) -> Predict:
    """Return the prediction of `depthwise`: 8 outputs a thread, one above the other.

    Its weight gradient walks over the positions, and sums as many products as the forward pass.
    """

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        this = _product("forward" if direction == "weight_gradient" else direction, problem)
        columns = -(-this.rows * this.columns * this.repeated // 8)
        return _of_one_launch(
            DEPTHWISE[direction], Product(8, columns, this.terms), problem, arrays, place
        )

    return predicted


def implicit_gemm(direction: str, rung: Rung) -> Predict:
    """Return the prediction of a rung's forward pass or input gradient."""
    name = "input" if direction == "forward" else "grad_output"

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        this_gemm, images = gemm(direction, problem), arrays[name]
        size = problem.images if direction == "forward" else problem.outputs
        allowed = loads(strides(images), size, this_gemm.channels, problem)
        load, dtype = rung.load(allowed), computed(images.dtype).type
        tiles, parts = implicit_gemm_launch.choices(rung, problem, load, dtype)
        this = this_gemm.product(problem)
        laid_out = this.repeated * this.terms * this.rows * images.dtype.itemsize
        moved = least(problem, images) + 2 * laid_out
        return predict(tiles, parts, this, place.multiprocessors, moved, launches=2)

    return predicted


def weight_gemm(rung: weight_gemm_launch.Rung) -> Predict:
    """Return the prediction of a rung's weight gradient."""

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        x, dy = arrays["input"], arrays["grad_output"]
        quads = in_quads(strides(x), problem.images, problem.channels)
        quads = quads and in_quads(strides(dy), problem.outputs, problem.filters)
        _, tiles = rung.width(quads)
        this = weight_gemm_launch.product(problem)
        moved = least(problem, x) + 2 * POSITION_BYTES * this.terms
        parts, sms = weight_gemm_launch.PARTS, place.multiprocessors
        return predict(tiles[computed(x.dtype).type], parts, this, sms, moved, launches=2)

    return predicted


def _product(direction: str, problem: Problem) -> Product:
    if direction == "weight_gradient":
        return weight_gemm_launch.product(problem)
    return gemm(direction, problem).product(problem)


def gemm(direction: str, problem: Problem) -> Gemm:
    """Return the forward pass or the input gradient as a product, whatever the weights' strides."""
    make = {
        "forward": implicit_gemm_launch.forward_gemm,
        "input_gradient": implicit_gemm_launch.gradient_gemm,
    }[direction]
    return make(problem, ANY_STRIDES)


def _of_one_launch(
    tiles: Mapping[type, RegisterTile],
    this: Product,
    problem: Problem,
    arrays: Mapping[str, Facts],
    place: Place,
) -> Predicted:
    first = next(iter(arrays.values()))
    tile, moved = tiles[computed(first.dtype).type], least(problem, first)
    return predict([tile], [1], this, place.multiprocessors, moved)


def least(problem: Problem, like: Facts) -> int:
    """Return the bytes of images, outputs and weights."""
    weights = problem.k * problem.channels * problem.r * problem.s
    return like.dtype.itemsize * (prod(problem.images) + prod(problem.outputs) + weights)


def strides(images: Facts) -> tuple[int, ...]:
    """Return the strides in elements of images as a batch."""
    steps = [step // images.dtype.itemsize for step in images.strides]
    return tuple([0] * (4 - len(steps)) + steps)
