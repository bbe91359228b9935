"""mse_loss: its directions, their algorithms, and what a call of each asks for."""

from collections.abc import Iterator
from math import prod

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.loss import squares
from crosscheck.kernels.loss.reduction import checked
from crosscheck.kernels.loss.squares import Problem
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size


def _keeps(problem: Problem) -> str:
    return "" if problem.reduction != "none" else "'none' leaves nothing to add up"


def _reduces(problem: Problem) -> str:
    return "" if problem.reduction == "none" else f"it cannot add up for {problem.reduction!r}"


ALGORITHMS = {
    "forward": table(
        Algorithm("tree", squares.forward_tree, _keeps),
        Algorithm("direct", squares.forward_direct, _reduces),
    ),
    "input_gradient": table(Algorithm("direct", squares.input_gradient_direct)),
    "target_gradient": table(Algorithm("direct", squares.target_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((128, 16), dtype)
    yield {"input": x, "target": x}, {"reduction": "none"}
    yield {"input": x, "target": x}, {}


MSE_LOSS = Operator("mse_loss", ALGORITHMS, _examples)


def _plan(op: str, input: Size, weight: Size | None, reduction: str, output: Output | None) -> Plan:
    each = checked(op, reduction) == "none"
    loss = Output(input, like="input") if each else Output(())
    return Plan(
        Problem(reduction, prod(input), weight is not None),
        [output or loss],
        sizes={"target": input, "weight": input, "grad_output": loss.size},
    )


def _forward(op: str, input: Size, target: Size, reduction: str, weight: Size | None) -> Plan:
    return _plan(op, input, weight, reduction, None)


@MSE_LOSS.direction(_forward)
def forward(
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return torch.nn.functional.mse_loss: of the input's shape for 'none', else of shape ().

    input, target and weight have one shape and dtype, float32 or float64. Raises TypeError or
    ValueError before anything is launched.
    """
    return MSE_LOSS.run("forward", algorithm, out, input, target, reduction, weight)


def _input_gradient(
    op: str, grad_output: Size, input: Size, target: Size, reduction: str, weight: Size | None
) -> Plan:
    return _plan(op, input, weight, reduction, Output(input, like="input"))


@MSE_LOSS.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input. grad_output has the shape of its result.

    Raises like `forward`.
    """
    arrays = grad_output, input, target
    return MSE_LOSS.run("input_gradient", algorithm, out, *arrays, reduction, weight)


def _target_gradient(
    op: str, grad_output: Size, input: Size, target: Size, reduction: str, weight: Size | None
) -> Plan:
    return _plan(op, input, weight, reduction, Output(input, like="target"))


@MSE_LOSS.direction(_target_gradient)
def target_gradient(
    grad_output: Array,
    input: Array,
    target: Array,
    reduction: str = "mean",
    weight: Array | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its target. Raises like `forward`."""
    arrays = grad_output, input, target
    return MSE_LOSS.run("target_gradient", algorithm, out, *arrays, reduction, weight)
