"""The predicted time of the rungs on tensor cores: a product in tiles, as predicted.py has it.

Besides, weights and positions are laid out, and images that are not in NHWC are brought there: a
launch of its own, which reads and writes each once. So NCHW is taken where the product gains more.
"""

import math
from collections.abc import Mapping
from types import ModuleType

from crosscheck.kernels.arrays import Facts, Place
from crosscheck.kernels.convolution import implicit_gemm_launch, weight_gemm_launch
from crosscheck.kernels.convolution.layout import in_quads
from crosscheck.kernels.convolution.predicted import POSITION_BYTES, Predict, gemm, least, strides
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.waves import DRAM, LAUNCH, Predicted, predict

QUAD_BYTES = 16


def rung(direction: str, module: ModuleType) -> Predict:
    """Return the prediction of a rung's direction; module: tensor_core or tensor_core_3x."""
    return (
        _weight_gradient(module) if direction == "weight_gradient" else _product(direction, module)
    )


def _product(direction: str, module: ModuleType) -> Predict:
    name = "input" if direction == "forward" else "grad_output"

    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        this, images = gemm(direction, problem), arrays[name]
        item = images.dtype.itemsize
        product = this._replace(channels=_filled(this.channels, item)).product(problem)
        laid_out = product.repeated * product.terms * product.rows * item
        positions = POSITION_BYTES * product.columns * product.repeated // problem.groups
        moved = least(problem, images) + 2 * (laid_out + positions)
        sms, parts = place.multiprocessors, implicit_gemm_launch.PARTS
        tiles = module.TILES[images.dtype.name]
        found = predict(tiles, parts, product, sms, moved, launches=3)
        return _with(found, place, _bringing(images, this.channels))

    return predicted


def _weight_gradient(module: ModuleType) -> Predict:
    def predicted(problem: Problem, arrays: Mapping[str, Facts], place: Place) -> Predicted:
        x, dy = arrays["input"], arrays["grad_output"]
        product = weight_gemm_launch.product(problem)
        moved = least(problem, x) + 2 * POSITION_BYTES * product.terms
        sms, parts = place.multiprocessors, weight_gemm_launch.PARTS
        tiles = module.WEIGHT_TILES[x.dtype.name]
        found = predict(tiles, parts, product, sms, moved, launches=2)
        of_x, of_dy = _bringing(x, problem.channels), _bringing(dy, problem.filters)
        return _with(found, place, of_x, of_dy)

    return predicted


def _bringing(images: Facts, channels: int) -> int:
    """Return the bytes that bringing images to NHWC moves, 0 where they are there."""
    item, shape = images.dtype.itemsize, (1, *images.shape)[-4:]
    if in_quads(strides(images), shape, channels, QUAD_BYTES // item):
        return 0
    grown = _filled(channels, item) / max(channels, 1)
    return int(math.prod(shape) * item * (1 + grown))


def _filled(channels: int, item: int) -> int:
    """Return the channels of a group with those that fill up its last quad of 16 bytes."""
    width = QUAD_BYTES // item
    return -(-channels // width) * width


def _with(found: Predicted, place: Place, *brought: int) -> Predicted:
    """Return a prediction with the launches that bring images before it."""
    launches = [LAUNCH + moved / (DRAM * place.multiprocessors) for moved in brought if moved]
    why = f"{found.why}, images brought to NHWC" if launches else found.why
    return Predicted(found.cycles + sum(launches), why)
