"""layer_norm: every sample normalised over its last dimensions, with a weight for each element.

As `grouped` has it: one group a sample, and channels of one element.
"""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.normalization import grouped_plans as plans
from crosscheck.kernels.normalization.grouped import ALGORITHMS
from crosscheck.kernels.normalization.grouped_plans import Groups
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size


def _examples(dtype: type) -> Iterator[Example]:
    x, row, one = np.zeros((64, 4, 32), dtype), np.ones((4, 32), dtype), np.ones(64, dtype)
    arrays = {"input": x, "grad_output": x, "weight": row, "bias": row, "mean": one, "rstd": one}
    yield arrays, {"normalized_shape": (4, 32)}


LAYER_NORM = Operator("layer_norm", ALGORITHMS, _examples)


def _groups(op: str, name: str, input: Size, normalized_shape: Sequence[int]) -> Groups:
    """Return what is normalised together. Raises ValueError for what does not end the input."""
    lead = len(input) - len(normalized_shape)
    if not normalized_shape or lead < 0 or tuple(input[lead:]) != tuple(normalized_shape):
        expected = f"the last dimensions of {name}, {tuple(input)}"
        reject(op, "normalized_shape", tuple(normalized_shape), expected)
    return Groups(prod(input[:lead]), 1, prod(normalized_shape), 1)


def _forward(
    op: str,
    input: Size,
    normalized_shape: Sequence[int],
    weight: Size | None,
    bias: Size | None,
    eps: float,
) -> Plan:
    groups = _groups(op, "input.shape", input, normalized_shape)
    return plans.forward_plan(op, input, groups, normalized_shape, eps)


@LAYER_NORM.direction(_forward)
def forward(
    input: Array,
    normalized_shape: Sequence[int],
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    mean: Array | None = None,
    rstd: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return (output, mean, rstd) of `torch.nn.functional.layer_norm`.

    input is (..., *normalized_shape), of a floating dtype and any strides; weight and bias have
    `normalized_shape`. mean and rstd = 1 / sqrt(variance + eps) are (rows), one for everything
    before that shape: what the gradients need.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    outs = out, mean, rstd
    return LAYER_NORM.run("forward", algorithm, outs, input, normalized_shape, weight, bias, eps)


def _input_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    normalized_shape: Sequence[int],
    weight: Size | None,
) -> Plan:
    groups = _groups(op, "input.shape", input, normalized_shape)
    return plans.input_plan(input, groups, normalized_shape)


@LAYER_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    normalized_shape: Sequence[int],
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input. mean and rstd are those of `forward`.

    Raises like `forward`.
    """
    arrays = grad_output, input, mean, rstd
    return LAYER_NORM.run("input_gradient", algorithm, out, *arrays, normalized_shape, weight)


def _weight_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    normalized_shape: Sequence[int],
) -> Plan:
    groups = _groups(op, "input.shape", input, normalized_shape)
    return plans.weight_plan(input, groups, normalized_shape)


@LAYER_NORM.direction(_weight_gradient)
def weight_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    normalized_shape: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, of `normalized_shape`."""
    arrays = grad_output, input, mean, rstd
    return LAYER_NORM.run("weight_gradient", algorithm, out, *arrays, normalized_shape)


def _bias_gradient(op: str, grad_output: Size, normalized_shape: Sequence[int]) -> Plan:
    groups = _groups(op, "grad_output.shape", grad_output, normalized_shape)
    return plans.bias_plan(groups, normalized_shape)


# d y / d bias = 1: dbias is the sum of dy over everything before `normalized_shape`.
@LAYER_NORM.direction(_bias_gradient)
def bias_gradient(
    grad_output: Array,
    normalized_shape: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the bias, of `normalized_shape`."""
    return LAYER_NORM.run("bias_gradient", algorithm, out, grad_output, normalized_shape)
