"""instance_norm: every channel of every sample by itself, or by running statistics of its channel.

The rows of `grouped`, one for each channel of each sample. As PyTorch has it, the running
statistics are repeated for every sample, updated with those of its rows, and become the mean of
that over the samples; where the input's own statistics are not used, they are what the rows are
normalised with, as in batch_norm.
"""

from collections.abc import Iterator
from math import prod

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.normalization import grouped, problem, statistics
from crosscheck.kernels.normalization import grouped_plans as plans
from crosscheck.kernels.normalization.grouped_plans import Groups
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Plan, Size
from crosscheck.kernels.reduction import reduce

RUNNING = ("running_mean", "running_var")


def _forward(
    fill: grouped.Statistics,
    groups: Groups,
    x: Array,
    running_mean: Array,
    running_var: Array,
    weight: Array,
    bias: Array,
    y: Array,
    mean: Array,
    rstd: Array,
) -> None:
    given = [each for each in (running_mean, running_var) if each.size]
    rows = [_repeated(each, groups.samples) for each in given]
    if groups.training or not x.size:
        grouped.forward(fill, groups, x, weight, bias, y, mean, rstd, rows)
        if x.size:  # PyTorch learns nothing of an empty batch
            for each, found in zip(given, rows, strict=True):
                reduce.add_up(found.reshape(groups.samples, -1), (0,), each, mean=True)
    else:
        statistics.of_running(*rows, mean, rstd, groups.eps)
        grouped.normalise(groups, x, weight, bias, y, mean, rstd)


def _repeated(statistic: Array, samples: int) -> Array:
    """Return the statistic of each row, a copy."""
    rows = workspace((samples, *statistic.shape), statistic)
    rows[...] = statistic
    return rows.reshape(-1)


ALGORITHMS = {
    **grouped.ALGORITHMS,
    "forward": grouped.of_statistics(_forward),
    "weight_gradient": table(Algorithm("direct", grouped.weight_gradient)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, of_channels, of_rows = np.zeros((4, 8, 16, 16), dtype), np.ones(8, dtype), np.ones(32, dtype)
    affine = {"weight": of_channels, "bias": of_channels}
    arrays = {"input": x, "grad_output": x, **affine, **dict.fromkeys(RUNNING, of_channels)}
    for own in (True, False):
        yield {**arrays, "mean": of_rows, "rstd": of_rows}, {"use_input_stats": own}


INSTANCE_NORM = Operator("instance_norm", ALGORITHMS, _examples)


def _groups(op: str, name: str, input: Size, own: bool = True) -> Groups:
    """Return the rows. Raises TypeError or ValueError."""
    problem.flag(op, own, "use_input_stats")
    if len(input) < 2:
        reject(op, name, tuple(input), "at least 2 dimensions")
    n, channels, *rest = input
    return Groups(n, channels, 1, prod(rest), training=own)


def _forward_plan(
    op: str,
    input: Size,
    running_mean: Size | None,
    running_var: Size | None,
    weight: Size | None,
    bias: Size | None,
    use_input_stats: bool,
    momentum: float,
    eps: float,
) -> Plan:
    groups = _groups(op, "input.shape", input, use_input_stats)
    problem.both_or_none(op, running_mean, running_var, use_input_stats, "use_input_stats")
    if use_input_stats and groups.inner == 1:
        reject(op, "input.shape", tuple(input), "more than 1 element of each channel")
    groups = groups._replace(momentum=problem.number(op, "momentum", momentum))
    channels = input[1:2]
    plan = plans.forward_plan(op, input, groups, channels, eps)
    sizes = {**plan.sizes, **dict.fromkeys(RUNNING, channels)}
    updated = RUNNING if use_input_stats else ()
    return plan._replace(sizes=sizes, mixed=(*plan.mixed, *RUNNING), updated=updated)


@INSTANCE_NORM.direction(_forward_plan)
def forward(
    input: Array,
    running_mean: Array | None = None,
    running_var: Array | None = None,
    weight: Array | None = None,
    bias: Array | None = None,
    use_input_stats: bool = True,
    momentum: float = 0.1,
    eps: float = 1e-5,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    mean: Array | None = None,
    rstd: Array | None = None,
) -> tuple[Array, Array, Array]:
    """Return (output, mean, rstd) of `torch.nn.functional.instance_norm`.

    input is (n, c, ...), of a floating dtype and any strides; running statistics, weight and bias
    are (c). mean and rstd = 1 / sqrt(variance + eps) are (n * c), what the gradients need. With
    `use_input_stats` the running ones, where given, are updated in place: (1 - momentum) * old +
    momentum * new, with the mean over the samples of their means and unbiased variances.

    Raises TypeError or ValueError, before anything is launched, for what PyTorch rejects.
    """
    running, affine = (running_mean, running_var), (weight, bias)
    outs, options = (out, mean, rstd), (use_input_stats, momentum, eps)
    return INSTANCE_NORM.run("forward", algorithm, outs, input, *running, *affine, *options)


def _input_gradient(
    op: str,
    grad_output: Size,
    input: Size,
    mean: Size,
    rstd: Size,
    weight: Size | None,
    use_input_stats: bool,
) -> Plan:
    return plans.input_plan(input, _groups(op, "input.shape", input, use_input_stats), input[1:2])


@INSTANCE_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    weight: Array | None = None,
    use_input_stats: bool = True,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input. mean and rstd are those of `forward`.

    Raises like `forward`.
    """
    arrays = grad_output, input, mean, rstd, weight
    return INSTANCE_NORM.run("input_gradient", algorithm, out, *arrays, use_input_stats)


def _weight_gradient(op: str, grad_output: Size, input: Size, mean: Size, rstd: Size) -> Plan:
    return plans.weight_plan(input, _groups(op, "input.shape", input), input[1:2])


@INSTANCE_NORM.direction(_weight_gradient)
def weight_gradient(
    grad_output: Array,
    input: Array,
    mean: Array,
    rstd: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the weight, (c)."""
    return INSTANCE_NORM.run("weight_gradient", algorithm, out, grad_output, input, mean, rstd)


def _bias_gradient(op: str, grad_output: Size) -> Plan:
    return plans.bias_plan(_groups(op, "grad_output.shape", grad_output), grad_output[1:2])


# d y[n, c, l] / d bias[c] = 1, so dbias[c] is the sum of dy[n, c, l] over n, l.
@INSTANCE_NORM.direction(_bias_gradient)
def bias_gradient(
    grad_output: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return the gradient with respect to the bias, (c)."""
    return INSTANCE_NORM.run("bias_gradient", algorithm, out, grad_output)
