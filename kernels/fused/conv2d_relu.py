"""conv2d_relu: a convolution with bias and the ReLU behind it, in one launch.

The ReLU happens in registers, before the output is stored: no byte and no launch of its own. Of a
convolution's output of 4 bytes, that saves the 8 that relu would read and write.

Each algorithm is conv2d's, told to rectify what it stores; one whose sum is split over blocks does
so where the parts are added. winograd, whose bound is its own, is left to conv2d.

It has no gradients of its own. The derivative of ReLU reads the sign of the output, so that is all
to keep; what it gives is the gradient of conv2d's output. On a tape it is two nodes: one launch
masks the gradient, and conv2d's three read the result.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import conv2d, problem
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size

ALGORITHMS = {
    "forward": {
        name: each for name, each in conv2d.ALGORITHMS["forward"].items() if name != "winograd"
    }
}


def _examples(dtype: type) -> Iterator[Example]:
    x, w = np.zeros((2, 16, 16, 16), dtype), np.zeros((16, 16, 1, 1), dtype)  # a sum in one part
    yield {"input": in_nhwc(x), "weight": w, "bias": np.zeros(16, dtype)}, {}
    yield {"input": x, "weight": w, "bias": np.zeros(16, dtype)}, {}


CONV2D_RELU = Operator("conv2d_relu", ALGORITHMS, _examples)


def _forward(op: str, input: Size, weight: Size, bias: Size | None, *geometry: Any) -> Plan:
    sizes = ("input.shape", input), ("weight.shape", weight)
    return conv2d.forward_plan(replace(problem.create(op, *sizes, *geometry), relu=True))


@CONV2D_RELU.direction(_forward)
def forward(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return relu(conv2d(...)): shapes, dtypes and errors are those of `convolution.forward`."""
    return CONV2D_RELU.run(
        "forward", algorithm, out, input, weight, bias, stride, padding, dilation, groups
    )
