"""conv2d in the suite.

Every number is a sum of n products, and each product is one rounding: m = n (bounds.py).

- forward: n products of x w, plus the bias as one more term.
- input gradient: n products of g w, over the (k, p, q) whose window holds the pixel.
- weight gradient: n products of x g, over the (n, p, q) whose pixel is inside.
- bias gradient: n output gradients added up, no product: m = n - 1, bounded by n.

n is what the same direction gives on all ones.
"""

from math import isqrt
from typing import Any

import numpy as np

import kernels.convolution
from parity.operations import sums
from parity.operations.draws import Drawn, batch, edge, one_of, pair
from parity.operations.operation import Direction, Operation, Tensors, directions
from parity.operations.question import Arrays, Options, Question


def _forward(t: Tensors, options: Options, **how: Any) -> None:
    kernels.convolution.forward(t["input"], t["weight"], t.get("bias"), **options, **how)


def _input_gradient(t: Tensors, options: Options, **how: Any) -> None:
    size = t["input"].shape
    kernels.convolution.input_gradient(size, t["weight"], t["grad_output"], **options, **how)


def _weight_gradient(t: Tensors, options: Options, **how: Any) -> None:
    size = t["weight"].shape
    kernels.convolution.weight_gradient(t["input"], size, t["grad_output"], **options, **how)


def _bias_gradient(t: Tensors, options: Options, **how: Any) -> None:
    kernels.convolution.bias_gradient(t["grad_output"], **how)


def _limits(
    question: Question, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    return sums.limits(question, inputs, grad_output, question.terms(), dtype)


def _integers(question: Question, seed: int) -> Arrays:
    """Return factors whose products leave room for the longest sum."""
    terms = question.terms()
    amplitude = isqrt(sums.largest_product(sums.most(terms)))
    return sums.integers(question, seed, {"grad_output": terms["forward"].shape}, amplitude)


def _fuzz(rng: np.random.Generator) -> Drawn:
    groups = one_of(rng, (1, 1, 1, 2, 3))
    channels, filters = edge(rng, 17), edge(rng, 18)  # of one group
    image, window, dilation = pair(rng, 11), pair(rng, 5), pair(rng, 3)
    options = {"stride": pair(rng, 4), "dilation": dilation, "groups": groups}
    kind = one_of(rng, ("number", "number", "number", "same", "valid"))
    if kind == "same":
        options |= {"padding": "same", "stride": 1}
    else:
        padding = tuple(int(rng.integers(0, 4)) for _ in range(2)) if kind == "number" else (0, 0)
        # The image grows until the filter fits: that keeps the draws and never rejects a case.
        image = tuple(
            max(extent, d * (r - 1) + 1 - 2 * pad, 1)
            for extent, r, d, pad in zip(image, window, dilation, padding, strict=True)
        )
        options["padding"] = padding if kind == "number" else "valid"
    inputs = {
        "input": (*batch(rng), groups * channels, *image),
        "weight": (groups * filters, channels, *window),
    }
    if rng.random() < 0.7:
        inputs["bias"] = (groups * filters,)
    return inputs, options


_TABLES = kernels.convolution.ALGORITHMS

OPERATION = Operation(
    name="conv2d",
    directions=(
        *directions(
            _TABLES,
            forward=_forward,
            input_gradient=_input_gradient,
            weight_gradient=_weight_gradient,
        ),
        Direction("bias_gradient", _bias_gradient, _TABLES["bias_gradient"], needs="bias"),
    ),
    parameters=("input", "weight", "bias", "stride", "padding", "dilation", "groups"),
    differentiable=("input", "weight", "bias"),
    limits=_limits,
    integers=_integers,
    fuzz=_fuzz,
    weight=3,
)
