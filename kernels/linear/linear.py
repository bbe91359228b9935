"""The linear layer: its directions, and what a call of each asks for.

The leading dimensions of an input fold into rows, without a copy where the strides allow it.
"""

from collections.abc import Iterator, Sequence
from math import prod

import numpy as np

from crosscheck.kernels.arguments import rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.linear.algorithms import ALGORITHMS
from crosscheck.kernels.linear.pixels import Sizes
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import reduce


def _examples(dtype: type) -> Iterator[Example]:
    x, w = np.zeros((64, 128), dtype), np.zeros((96, 128), dtype)
    yield {"input": x, "weight": w, "bias": np.zeros(96, dtype)}, {}


LINEAR = Operator("linear", ALGORITHMS, _examples)


def _forward(op: str, input: Size, weight: Size, bias: Size | None) -> Plan:
    output = _output(op, ("input.shape", input), ("weight.shape", weight))
    if bias is not None and len(weight) == 1:
        reject(op, "bias", tuple(bias), "None with a weight of one dimension")
    x, w, y = _matrices(input, weight)
    return Plan(
        _sizes(input, weight),
        [Output(output)],
        sizes={"bias": weight[:1]},
        views={"input": x, "weight": w, "out": y},
    )


@LINEAR.direction(_forward)
def forward(
    input: Array,
    weight: Array,
    bias: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return input (*, in) times weight (out, in) transposed, plus bias (out), as (*, out).

    As torch.nn.functional.linear, for floating dtypes. A weight (in) gives (*), without a bias.

    Raises TypeError or ValueError before anything is launched.
    """
    return LINEAR.run("forward", algorithm, out, input, weight, bias)


def _input_gradient(op: str, input: Size, weight: Size, grad_output: Size) -> Plan:
    output = _output(op, ("input_size", input), ("weight.shape", weight))
    x, w, y = _matrices(input, weight)
    return Plan(
        _sizes(input, weight),
        [Output(input)],
        sizes={"grad_output": output},
        views={"weight": w, "grad_output": y, "out": x},
    )


@LINEAR.direction(_input_gradient)
def input_gradient(
    input_size: Sequence[int],
    weight: Array,
    grad_output: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input: an array of input_size. Raises like
    `forward`."""
    return LINEAR.run("input_gradient", algorithm, out, input_size, weight, grad_output)


def _weight_gradient(op: str, input: Size, weight: Size, grad_output: Size) -> Plan:
    output = _output(op, ("input.shape", input), ("weight_size", weight))
    x, w, y = _matrices(input, weight)
    return Plan(
        _sizes(input, weight),
        [Output(weight)],
        sizes={"grad_output": output},
        views={"input": x, "grad_output": y, "out": w},
    )


@LINEAR.direction(_weight_gradient)
def weight_gradient(
    input: Array,
    weight_size: Sequence[int],
    grad_output: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its weight: an array of weight_size. Raises like
    `forward`."""
    return LINEAR.run("weight_gradient", algorithm, out, input, weight_size, grad_output)


def _bias_gradient(op: str, grad_output: Size) -> Plan:
    if not grad_output:
        reject(op, "grad_output.shape", (), "at least 1 dimension")
    *lead, filters = grad_output
    matrix = prod(lead), filters
    return Plan(reduce.problem(matrix, (0,)), [Output((filters,))], views={"grad_output": matrix})


# d y[i, k] / d bias[k] = 1, so dbias[k] is the sum of dy[i, k] over the rows i.
@LINEAR.direction(_bias_gradient)
def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient of `forward` for its bias: grad_output (*, out) summed to (out)."""
    return LINEAR.run("bias_gradient", algorithm, out, grad_output)


def _output(op: str, inputs: tuple[str, Size], weights: tuple[str, Size]) -> tuple[int, ...]:
    """Return the size of the output; `inputs` and `weights` are (what messages call it, the size).

    Raises ValueError where the two do not fit.
    """
    (input_name, input), (weight_name, weight) = inputs, weights
    rank(op, weight_name, weight, (1, 2))
    if not input:
        reject(op, input_name, (), "at least 1 dimension")
    if weight[-1] != input[-1]:
        expected = f"{input[-1]} columns, the last dimension of {input_name} {tuple(input)}"
        reject(op, weight_name, tuple(weight), expected)
    return (*input[:-1], *weight[:-1])


def _sizes(input: Size, weight: Size) -> Sizes:
    return Sizes(prod(input[:-1]), input[-1], prod(weight[:-1]))


def _matrices(input: Size, weight: Size) -> tuple[tuple[int, int], ...]:
    """Return (rows, in), (out, in), (rows, out): input, weight and output as matrices."""
    rows, ins, outs = _sizes(input, weight)
    return (rows, ins), (outs, ins), (rows, outs)
