"""conv_transpose2d: convolution's input gradient under another name, with a bias.

    y[n, c, h, w] = bias[c] + sum over k and the (r, s) that lead from (h, w) to a (p, q) of
                    x[n, k, p, q] * w[k, c, r, s],  h = p * stride - padding + r * dilation

It is conv2d's map from images to outputs, transposed: what reads an output there writes it here. So
the letters are those of that convolution, `this`: the input is its n k p q, the output its n c h w,
and the weight the same array. Its kernels are conv2d's (transposed.py).

The input does not tell the output's size where the stride is over 1: several images have p outputs.
`output_padding` chooses among them: so many rows more than the least, which few windows reach, or
none.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.convolution import conv2d
from crosscheck.kernels.convolution.transposed import ALGORITHMS
from crosscheck.kernels.convolution.transposed_problem import create
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size


def _examples(dtype: type) -> Iterator[Example]:
    x, bias = np.zeros((2, 16, 7, 7), dtype), np.zeros(16, dtype)
    w, dy = np.zeros((16, 16, 2, 2), dtype), np.zeros((2, 16, 14, 14), dtype)
    arrays = {"input": x, "grad_output": dy, "weight": w, "bias": bias}
    yield arrays, {"stride": 2}
    yield {**arrays, "input": in_nhwc(x), "grad_output": in_nhwc(dy)}, {"stride": 2}


CONV_TRANSPOSE2D = Operator("conv_transpose2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, weight: Size, bias: Size | None, *geometry: Any) -> Plan:
    this = create(op, ("input.shape", input), ("weight.shape", weight), *geometry)
    size = this.images if this.batched else this.images[1:]
    return Plan(
        this,
        [Output(size, nhwc=("input", "weight"))],
        sizes={"bias": (this.c,)},
        views={"input": this.outputs, "out": this.images},
    )


@CONV_TRANSPOSE2D.direction(_forward)
def forward(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the transposed convolution of input (n, k, p, q) or (k, p, q) by weight (k, c, r, s).

    As torch.nn.functional.conv_transpose2d: the output is (n, groups * c, h, w) or without n,
    of the input's dtype, and in NHWC where input or weight is; along each axis
    h = (p - 1) * stride - 2 * padding + dilation * (r - 1) + output_padding + 1.

    Raises TypeError or ValueError before anything is launched, and `Unsupported` when `algorithm`
    names one that does not take the problem.
    """
    geometry = stride, padding, output_padding, groups, dilation
    return CONV_TRANSPOSE2D.run("forward", algorithm, out, input, weight, bias, *geometry)


# y is linear in x, and dx the transposed map of dy: transposed twice, convolution's forward pass.
def _input_gradient(op: str, input: Size, weight: Size, grad_output: Size, *geometry: Any) -> Plan:
    this = create(op, ("input_size", input), ("weight.shape", weight), *geometry)
    return Plan(
        this,
        [Output(input, nhwc=("weight", "grad_output"))],
        sizes={"grad_output": this.images if this.batched else this.images[1:]},
        views={"grad_output": this.images, "out": this.outputs},
    )


@CONV_TRANSPOSE2D.direction(_input_gradient)
def input_gradient(
    input_size: Sequence[int],
    weight: Array,
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: an array of input_size, 3 or 4 integers.

    The result is in NHWC where grad_output or weight is. Raises like `forward`.
    """
    geometry = stride, padding, output_padding, groups, dilation
    given = input_size, weight, grad_output, *geometry
    return CONV_TRANSPOSE2D.run("input_gradient", algorithm, out, *given)


# d y[n, c, h, w] / d w[k, c, r, s] = x[n, k, p, q]: the products of convolution's weight gradient,
# whose image is dy and whose output's gradient is x.
def _weight_gradient(op: str, input: Size, weight: Size, grad_output: Size, *geometry: Any) -> Plan:
    this = create(op, ("input.shape", input), ("weight_size", weight), *geometry)
    return Plan(
        this,
        [Output(weight)],
        sizes={"grad_output": this.images if this.batched else this.images[1:]},
        views={"input": this.outputs, "grad_output": this.images},
    )


@CONV_TRANSPOSE2D.direction(_weight_gradient)
def weight_gradient(
    input: Array,
    weight_size: Sequence[int],
    grad_output: Array,
    stride: int | Sequence[int] = 1,
    padding: int | Sequence[int] = 0,
    output_padding: int | Sequence[int] = 0,
    groups: int = 1,
    dilation: int | Sequence[int] = 1,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its weight: an array of weight_size, 4 integers.

    Raises like `forward`.
    """
    geometry = stride, padding, output_padding, groups, dilation
    given = input, weight_size, grad_output, *geometry
    return CONV_TRANSPOSE2D.run("weight_gradient", algorithm, out, *given)


# d y[n, c, h, w] / d bias[c] = 1, as in conv2d.
@CONV_TRANSPOSE2D.direction(conv2d.bias_gradient_plan)
def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient of `forward` for its bias: grad_output (n, c, h, w) or (c, h, w) summed
    to (c). Raises like `forward`.
    """
    return CONV_TRANSPOSE2D.run("bias_gradient", algorithm, out, grad_output)
