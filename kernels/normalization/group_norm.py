"""group_norm: groups of neighbouring channels of every sample, with a weight for each channel.

The rows of `grouped`: a view, or one copy where strides allow none, as with channels last.
"""

from collections.abc import Iterator
from math import prod

import numpy as np

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.normalization import grouped_plans as plans
from crosscheck.kernels.normalization.grouped import ALGORITHMS
from crosscheck.kernels.normalization.grouped_plans import Groups
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size


def _examples(dtype: type) -> Iterator[Example]:
    x, of_channels, of_rows = np.zeros((4, 8, 16, 16), dtype), np.ones(8, dtype), np.ones(16, dtype)
    arrays = {"input": x, "grad_output": x, "weight": of_channels, "bias": of_channels}
    yield {**arrays, "mean": of_rows, "rstd": of_rows}, {"num_groups": 4}


GROUP_NORM = Operator("group_norm", ALGORITHMS, _examples)


def _groups(op: str, name: str, input: Size, num_groups: int) -> Groups:
    """Return what is normalised together. Raises TypeError or ValueError."""
    groups = integer(op, "num_groups", num_groups, 1)
    if len(input) < 2:
        reject(op, name, tuple(input), "at least 2 dimensions")
    n, channels, *rest = input
    if channels % groups:
        reject(op, "num_groups", num_groups, f"a divisor of the number of channels, {channels}")
    return Groups(n, groups, channels // groups, prod(rest))


def _forward(
    op: str,
    input: Size,
    num_groups: int,
    weight: Size | None,
    bias: Size | None,
    eps: float,
) -> Plan:
    groups = _groups(op, "input.shape", input, num_groups)
    if groups.samples * groups.width * groups.inner == 1:
        expected = "more than 1 value for each place in a batch of groups"
        reject(op, "input.shape", tuple(input), expected)
    return plans.forward_plan(op, input, groups, input[1:2], eps)


@GROUP_NORM.direction(_forward)
def forward(
    input: Array,
    num_groups: int,
    weight: Array | None = None,
    bias: Array | None = None,
    eps: float = 1e-5,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    mean: Array | None = None,
    rstd: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return (output, mean, rstd) of `torch.nn.functional.group_norm`.

    input is (n, c, ...), of a floating dtype and any strides; weight and bias are (c). mean and
    rstd = 1 / sqrt(variance + eps) are (n * num_groups), what the gradients need.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    outs = out, mean, rstd
    return GROUP_NORM.run("forward", algorithm, outs, input, num_groups, weight, bias, eps)


def _input_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    num_groups: int,
    weight: Size | None,
) -> Plan:
    groups = _groups(op, "input.shape", input, num_groups)
    return plans.input_plan(input, groups, input[1:2])


@GROUP_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    num_groups: int,
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input. mean and rstd are those of `forward`.

    Raises like `forward`.
    """
    arrays = grad_output, input, mean, rstd
    return GROUP_NORM.run("input_gradient", algorithm, out, *arrays, num_groups, weight)


def _weight_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    num_groups: int,
) -> Plan:
    groups = _groups(op, "input.shape", input, num_groups)
    return plans.weight_plan(input, groups, input[1:2])


@GROUP_NORM.direction(_weight_gradient)
def weight_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    num_groups: int,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, (c)."""
    arrays = grad_output, input, mean, rstd
    return GROUP_NORM.run("weight_gradient", algorithm, out, *arrays, num_groups)


def _bias_gradient(op: str, grad_output: Size) -> Plan:
    groups = _groups(op, "grad_output.shape", grad_output, 1)
    return plans.bias_plan(groups, grad_output[1:2])


# d y[n, c, l] / d bias[c] = 1, so dbias[c] is the sum of dy[n, c, l] over n, l.
@GROUP_NORM.direction(_bias_gradient)
def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the bias, (c)."""
    return GROUP_NORM.run("bias_gradient", algorithm, out, grad_output)
