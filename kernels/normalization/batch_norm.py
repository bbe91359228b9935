"""batch_norm: its directions, and what a call of each asks for.

Arrays of 2 dimensions or more are seen as (n, c, l), l everything behind the channels: a view, or
one copy where the strides of those dimensions allow none.
"""

from collections.abc import Iterator

import numpy as np

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.normalization import problem
from crosscheck.kernels.normalization.algorithms import ALGORITHMS, Rates
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import reduce


def _examples(dtype: type) -> Iterator[Example]:
    images, odd = np.zeros((4, 16, 16, 16), dtype), np.zeros((4, 15, 5, 5), dtype)
    for x in (
        images,
        np.moveaxis(images, -1, 1),
        odd,
        np.moveaxis(odd.reshape(4, 5, 5, 15), -1, 1),
    ):
        one = np.ones(x.shape[1], dtype)
        arrays = {"input": x, "weight": one, "bias": one, "mean": one, "rstd": one}
        arrays["grad_output"] = x
        arrays |= {"running_mean": one, "running_var": one}
        yield arrays, {"training": False}
        yield arrays, {"training": True}


BATCH_NORM = Operator("batch_norm", ALGORITHMS, _examples)


def _forward(
    op: str,
    input: Size,
    running_mean: Size | None,
    running_var: Size | None,
    weight: Size | None,
    bias: Size | None,
    training: bool,
    momentum: float,
    eps: float,
) -> Plan:
    size = (problem.channels(op, "input.shape", input),)
    problem.flag(op, training)
    problem.both_or_none(op, running_mean, running_var, training)
    rates = Rates(training, *problem.rates(op, momentum, eps, training))
    if training:
        problem.batch(op, input)
    rows = problem.rows(input)
    running = ("running_mean", "running_var")
    return Plan(
        rates,
        [Output(input, like="input"), *2 * [Output(size, computed=True)]],
        sizes=dict.fromkeys((*running, "weight", "bias"), size),
        mixed=(*running, "weight", "bias"),
        views={"input": rows, "out": rows},
        updated=running if training else (),
    )


@BATCH_NORM.direction(_forward)
def forward(
    input: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    training: bool = False,
    momentum: float = 0.1,
    eps: float = 1e-5,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    mean: Array | None = None,
    rstd: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return (output, mean, rstd) of `torch.nn.functional.batch_norm`.

    input is (n, c, ...), of a floating dtype; everything else (c). In training the statistics are
    those of each channel of the batch, and the running ones, where given, become (1 - momentum) *
    old + momentum * new in place, with the unbiased variance; else they are the statistics. mean
    and rstd = 1 / sqrt(variance + eps) are what the gradients need. Results that are given are
    filled and returned.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    running, affine = (running_mean, running_var), (weight, bias)
    outs, options = (out, mean, rstd), (training, momentum, eps)
    return BATCH_NORM.run("forward", algorithm, outs, input, *running, *affine, *options)


def _input_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    weight: Size | None,
    training: bool,
) -> Plan:
    size = (problem.channels(op, "input.shape", input),)
    problem.flag(op, training)
    rows = problem.rows(input)
    return Plan(
        training,
        [Output(input, like="input")],
        sizes={"grad_output": input, **dict.fromkeys(("mean", "rstd", "weight"), size)},
        computed=("mean", "rstd"),
        mixed=("weight",),
        views=dict.fromkeys(("grad_output", "input", "out"), rows),
    )


@BATCH_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    weight: Array | None = None,
    training: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of its shape.

    mean and rstd are those that `forward` returned, `training` what it was told. Raises like
    `forward`.
    """
    arrays = grad_output, input, mean, rstd, weight
    return BATCH_NORM.run("input_gradient", algorithm, out, *arrays, training)


def _weight_gradient(op: str, grad_output: Size, input: Size, mean: Size, rstd: Size) -> Plan:
    size = (problem.channels(op, "input.shape", input),)
    return Plan(
        None,
        [Output(size, mixed=True)],
        sizes={"grad_output": input, "mean": size, "rstd": size},
        computed=("mean", "rstd"),
        views=dict.fromkeys(("grad_output", "input"), problem.rows(input)),
    )


@BATCH_NORM.direction(_weight_gradient)
def weight_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, (c). mean and rstd are `forward`'s."""
    return BATCH_NORM.run("weight_gradient", algorithm, out, grad_output, input, mean, rstd)


def _bias_gradient(op: str, grad_output: Size) -> Plan:
    size = (problem.channels(op, "grad_output.shape", grad_output),)
    rows = problem.rows(grad_output)
    return Plan(
        reduce.problem(rows, (0, 2)), [Output(size, mixed=True)], views={"grad_output": rows}
    )


# d y[n, c, l] / d bias[c] = 1, so dbias[c] is the sum of dy[n, c, l] over n, l.
@BATCH_NORM.direction(_bias_gradient)
def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the bias: grad_output (n, c, ...) summed to (c)."""
    return BATCH_NORM.run("bias_gradient", algorithm, out, grad_output)
