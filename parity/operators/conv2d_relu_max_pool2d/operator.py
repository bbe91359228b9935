"""conv2d_relu_max_pool2d: the largest bound of the four outputs of a window.

Four numbers that are each within b_i of the exact ones have a maximum within max b_i of the exact
maximum. conv2d_relu has the b_i. Where the tape records, nn.functional launches conv2d_relu and
max_pool2d, whose algorithms sum in orders of their own.
"""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from crosscheck.kernels.algorithm import Unsupported
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import problem
from crosscheck.kernels.fused import conv2d_relu, conv2d_relu_max_pool2d
from crosscheck.kernels.pooling import max_pool2d
from crosscheck.parity.direction import Tensors
from crosscheck.parity.operators.conv2d_relu.operator import OPERATOR as CONV2D_RELU
from crosscheck.parity.reference_call import Arrays, Options, ReferenceCall
from crosscheck.parity.shared.draws import Drawn


def _outputs(inputs: Drawn | Arrays, options: Options) -> problem.Problem:
    """Return the convolution."""
    sizes = (tuple(getattr(inputs[name], "shape", inputs[name])) for name in ("input", "weight"))
    asked = {"stride": 1, "padding": 0, "dilation": 1, "groups": 1, **options}
    return problem.create("conv2d", *zip(("input", "weight"), sizes, strict=True), **asked)


def _fuzz(rng: np.random.Generator) -> Drawn:
    """Draw a convolution; its image grows until a window fits its output."""
    inputs, options = CONV2D_RELU.fuzz(rng)
    this = _outputs(inputs, options)
    *images, h, w = inputs["input"]
    more = (
        max(0, 2 - extent) * step
        for extent, step in zip((this.p, this.q), this.stride, strict=True)
    )
    image = tuple(pixels + further for pixels, further in zip((h, w), more, strict=True))
    return {**inputs, "input": (*images, *image)}, options


def _out_of_scope(inputs: Arrays, options: Options) -> str:
    try:
        this = _outputs(inputs, options)
    except ValueError:  # what a convolution refuses is in scope: this refuses it, too
        return ""
    return "an output that no window of 2 x 2 fits" if min(this.p, this.q) < 2 or not this.c else ""


def _bounds(
    call: ReferenceCall, inputs: Arrays, grad_output: np.ndarray, exact: Arrays, dtype: str
) -> Arrays:
    unpooled = replace(call, op=CONV2D_RELU.name)
    outputs = unpooled.run(inputs)["forward"]
    limit = CONV2D_RELU.bounds(unpooled, inputs, outputs, exact, dtype)["forward"]
    *images, p, q = exact["forward"].shape
    windows = limit[..., : 2 * p, : 2 * q].reshape(*images, p, 2, q, 2)
    return {"forward": windows.max((-3, -1))}


def _recorded(tensors: Tensors, options: Options) -> Iterator[Array]:
    inputs = {name: each for name, each in tensors.items() if name != "grad_output"}
    for algorithm in conv2d_relu.ALGORITHMS["forward"]:
        try:
            rectified = conv2d_relu.forward(**inputs, **options, algorithm=algorithm)
        except Unsupported:
            continue
        yield max_pool2d.forward(rectified, 2)[0]


OPERATOR = replace(
    CONV2D_RELU,
    name="conv2d_relu_max_pool2d",
    kernels=conv2d_relu_max_pool2d,
    bounds=_bounds,
    rounding={},
    fuzz=_fuzz,
    out_of_scope=_out_of_scope,
    recorded=_recorded,
    followed_by=(
        *CONV2D_RELU.followed_by,
        ("nn.functional.max_pool2d", {"kernel_size": 2}),
    ),
    nn_function="functional.conv2d_relu_max_pool2d",
)
