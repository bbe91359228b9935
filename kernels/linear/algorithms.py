"""The ways to compute each direction of the linear layer, and which runs when none is named.

On a GPU the one with the least predicted time does (predicted.py), on the CPU device `direct`. Each
direction is one matrix product of two views: y = x w^T, dx = dy w, dw = dy^T x.
"""

from collections.abc import Callable
from functools import partial

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.convolution import blocked, pipelined, tensor_core, tensor_core_3x
from crosscheck.kernels.convolution.tensor_cores import predicted as on_tensor_cores
from crosscheck.kernels.dtypes import REALS, SHORT
from crosscheck.kernels.linear import direct, pixels, predicted, tiled
from crosscheck.kernels.linear.pixels import Sizes
from crosscheck.kernels.precision import TF32
from crosscheck.kernels.ptx import ASYNC_COPIES
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.schedule import Scheduled


def _on_a_gpu(sizes: Sizes, device: str) -> bool:
    """Whether tiles may pay: not on the CPU, where each barrier switches between 256 fibers."""
    return device != "cpu"


def _strict(direction: str, sizes: Sizes, device: str) -> bool:
    """Whether three products of TF32 are as close as float32's own sum of a direction."""
    terms = tensor_core_3x.least_terms(direction, sizes.problem)
    return device != "cpu" and terms >= tensor_core_3x.LEAST_TERMS


def _forward_product(product: Callable, _: Sizes, x: Array, w: Array, b: Array, y: Array) -> None:
    product(x, w.T, b, y)


# y[i, k] = sum over c of x[i, c] * w[k, c], so d y[i, k] / d x[i, c] = w[k, c] and
# dx[i, c] = sum over k of dy[i, k] * w[k, c]: the product dy w.
def _input_product(product: Callable, _: Sizes, w: Array, dy: Array, dx: Array) -> None:
    product(dy, w, _no_bias(w), dx)


# d y[i, k] / d w[k, c] = x[i, c]: every row used the element once, so
# dw[k, c] = sum over i of dy[i, k] * x[i, c]: the product dy^T x.
def _weight_product(product: Callable, _: Sizes, x: Array, dy: Array, dw: Array) -> None:
    product(dy.T, x, _no_bias(x), dw)


def _no_bias(like: Array) -> Array:
    return empty((0,), like.dtype, like)


def _products(direction: str, run: Callable[..., None]) -> dict[str, Algorithm]:
    """Return the algorithms of a direction; on a GPU the least predicted time chooses."""
    convolved, predict = getattr(pixels, direction), partial(predicted.rung, direction)
    return table(
        Algorithm(
            "tiled",
            partial(run, tiled.product),
            prefers=_on_a_gpu,
            predict=partial(predicted.one_launch, direction, predicted.TILED),
        ),
        Algorithm(
            "direct",
            partial(run, direct.product),
            predict=partial(predicted.one_launch, direction, predicted.DIRECT),
        ),
        Algorithm(
            "blocked", Scheduled(partial(convolved, blocked)), predict=partial(predict, blocked)
        ),
        Algorithm(
            "pipelined",
            Scheduled(partial(convolved, pipelined)),
            predict=partial(predict, pipelined),
            capability=ASYNC_COPIES,
            dtypes=REALS,
        ),
        Algorithm(
            "tensor_core",
            Scheduled(partial(convolved, tensor_core)),
            prefers=_on_a_gpu,
            predict=partial(predicted.of_pixels, on_tensor_cores.rung(direction, tensor_core)),
            capability=ASYNC_COPIES,
            float32_precision=TF32,
            dtypes=(np.float32, *SHORT),
        ),
        Algorithm(
            "tensor_core_3x",
            Scheduled(partial(convolved, tensor_core_3x)),
            prefers=partial(_strict, direction),
            predict=partial(predicted.of_pixels, on_tensor_cores.rung(direction, tensor_core_3x)),
            capability=ASYNC_COPIES,
            dtypes=(np.float32,),
        ),
    )


ALGORITHMS = {
    "forward": _products("forward", _forward_product),
    "input_gradient": _products("input_gradient", _input_product),
    "weight_gradient": _products("weight_gradient", _weight_product),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}
