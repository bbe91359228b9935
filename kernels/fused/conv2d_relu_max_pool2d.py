"""conv2d_relu_max_pool2d: a convolution with bias, ReLU and 2 x 2 max-pooling, in one launch.

    y = max_pool2d(relu(conv2d(x, w, bias)), 2)

A thread has the four outputs of a window in registers and stores the largest. Bytes for each output
of the convolution, beside those that it reads (float32; indices of max_pool2d are int64):

                                            conv2d   relu   max_pool2d    together
    three launches                               4    4+4        4+1+2          19
    conv2d_relu, max_pool2d                      4               4+1+2          11
    this                                         1                               1

`direct` computes a window's four sums one after the other. `blocked` and `pipelined` are conv2d's,
with the positions in the order of windows: of the eight or sixteen columns of a thread, each quad
is a window. A sum is not split over blocks here: the largest of parts is of no use.

For inference: which of the four was the largest is not kept, so there is no gradient.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import conv2d, predicted, problem
from crosscheck.kernels.fused import direct_pooled
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size

ALGORITHMS = {
    "forward": table(
        Algorithm("direct", direct_pooled.forward, predict=predicted.direct("forward")),
        *(conv2d.ALGORITHMS["forward"][name] for name in ("blocked", "pipelined")),
    )
}


def _examples(dtype: type) -> Iterator[Example]:
    x, w = np.zeros((2, 16, 16, 16), dtype), np.zeros((16, 16, 3, 3), dtype)
    yield {"input": in_nhwc(x), "weight": w, "bias": np.zeros(16, dtype)}, {}
    yield {"input": x, "weight": w, "bias": np.zeros(16, dtype)}, {}


CONV2D_RELU_MAX_POOL2D = Operator("conv2d_relu_max_pool2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, weight: Size, bias: Size | None, *geometry: Any) -> Plan:
    sizes = ("input.shape", input), ("weight.shape", weight)
    this = replace(problem.create(op, *sizes, *geometry), relu=True)
    if 0 in this.outputs[1:] or 1 in this.outputs[2:]:
        expected = "channels, and rows and columns for a convolution of 2 x 2 or more to pool"
        reject(op, "input.shape", input, f"{expected}; it gives {this.output_shape}")
    return conv2d.forward_plan(replace(this, pooled=True))


@CONV2D_RELU_MAX_POOL2D.direction(_forward)
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
    """Return max_pool2d(relu(conv2d(...)), 2): ([n,] k, p // 2, q // 2) where the convolution of
    these arguments has ([n,] k, p, q).

    Raises like `convolution.forward`, and ValueError for an output with nothing to pool.
    """
    return CONV2D_RELU_MAX_POOL2D.run(
        "forward", algorithm, out, input, weight, bias, stride, padding, dilation, groups
    )
