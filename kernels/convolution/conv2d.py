"""conv2d: its directions, and what a call of each asks for.

Arrays go to the kernels as they are, whatever their strides; an unbatched one as a view with n = 1.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import problem
from crosscheck.kernels.convolution.algorithms import ALGORITHMS
from crosscheck.kernels.convolution.problem import Problem
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.views import batch


def _examples(dtype: type) -> Iterator[Example]:
    x, bias = np.zeros((2, 16, 16, 16), dtype), np.zeros(16, dtype)
    w, dy = np.zeros((16, 16, 3, 3), dtype), np.zeros((2, 16, 14, 14), dtype)
    yield {"input": in_nhwc(x), "grad_output": in_nhwc(dy), "weight": w, "bias": bias}, {}
    yield {"input": x, "weight": w[:, :1], "bias": bias}, {"groups": 16}
    yield {"input": x, "grad_output": x, "weight": w[:, :, :1, :1], "bias": bias}, {}
    yield {"input": x, "weight": w, "bias": bias}, {}


CONV2D = Operator("conv2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, weight: Size, bias: Size | None, *geometry: Any) -> Plan:
    sizes = ("input.shape", input), ("weight.shape", weight)
    return forward_plan(problem.create(op, *sizes, *geometry))


def forward_plan(this: Problem) -> Plan:
    """Return what a forward convolution asks for, whatever it does with its outputs."""
    return Plan(
        this,
        [Output(this.output_shape, nhwc=("input", "weight"))],
        sizes={"bias": (this.k,)},
        views={"input": this.images, "out": this.outputs},
    )


@CONV2D.direction(_forward)
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
    """Return the cross-correlation of input (n, c, h, w) or (c, h, w) with weight (k, c, r, s).

    As torch.nn.functional.conv2d: the output is (n, k, p, q) or (k, p, q), of the input's
    dtype, and in NHWC where input or weight is. An input without channels gives an output without
    channels.

    Raises TypeError or ValueError before anything is launched, and `Unsupported` when `algorithm`
    names one that does not take the problem.
    """
    return CONV2D.run(
        "forward", algorithm, out, input, weight, bias, stride, padding, dilation, groups
    )


def _input_gradient(op: str, input: Size, weight: Size, grad_output: Size, *geometry: Any) -> Plan:
    this = problem.create(op, ("input_size", input), ("weight.shape", weight), *geometry)
    return Plan(
        this,
        [Output(input, nhwc=("weight", "grad_output"))],
        sizes={"grad_output": this.output_shape},
        views={"grad_output": this.outputs, "out": this.images},
    )


@CONV2D.direction(_input_gradient)
def input_gradient(
    input_size: Sequence[int],
    weight: Array,
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: an array of input_size, 3 or 4 integers.

    As torch.nn.grad.conv2d_input. grad_output is (n, k, p, q) or (k, p, q). The result is in NHWC
    where grad_output or weight is. Raises like `forward`.
    """
    geometry = stride, padding, dilation, groups
    return CONV2D.run("input_gradient", algorithm, out, input_size, weight, grad_output, *geometry)


def _weight_gradient(op: str, input: Size, weight: Size, grad_output: Size, *geometry: Any) -> Plan:
    this = problem.create(op, ("input.shape", input), ("weight_size", weight), *geometry)
    return Plan(
        this,
        [Output(weight)],
        sizes={"grad_output": this.output_shape},
        views={"input": this.images, "grad_output": this.outputs},
    )


@CONV2D.direction(_weight_gradient)
def weight_gradient(
    input: Array,
    weight_size: Sequence[int],
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] | str = 0,
    dilation: int | Sequence[int] = 1,
    groups: int = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its weight: an array of weight_size, 4 integers.

    As torch.nn.grad.conv2d_weight. grad_output is (n, k, p, q) or (k, p, q). Raises like `forward`.
    """
    geometry = stride, padding, dilation, groups
    return CONV2D.run("weight_gradient", algorithm, out, input, weight_size, grad_output, *geometry)


def bias_gradient_plan(op: str, grad_output: Size, bias: Size | None = None) -> Plan:
    """Return what the gradient of a bias along the channels asks for."""
    rank(op, "grad_output.shape", grad_output, (3, 4))
    n, k, p, q = batch(grad_output)
    if bias is not None:
        rank(op, "bias_size", bias, (1,))
        if k == 0:  # an input without channels gives none to the output: no element saw the bias
            n, k = 0, bias[0]
        if bias[0] != k:
            reject(op, "bias_size", tuple(bias), f"({k},), the channels of grad_output")
    images = n, k, p, q
    summed = reduce.problem(images, (0, 2, 3))
    return Plan(summed, [Output((k,))], views={"grad_output": images})


# d y[n, k, p, q] / d bias[k] = 1, so dbias[k] is the sum of dy[n, k, p, q] over n, p, q.
@CONV2D.direction(bias_gradient_plan)
def bias_gradient(
    grad_output: Array,
    bias_size: Sequence[int] | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its bias: grad_output (n, k, p, q) or (k, p, q) summed
    to (k).

    `bias_size`, (k), is needed where the output has no channels because the input has none.
    Raises like `forward`.
    """
    return CONV2D.run("bias_gradient", algorithm, out, grad_output, bias_size)
