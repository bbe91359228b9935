"""batch_norm's algorithms: which kernels a direction launches, and what is left to `tree`.

    one_pass   one read for the statistics, one for the result; dense arrays
    tree       two reads for the statistics; any strides

Bytes an element in training, of images as of channels_last, but for what a channel costs:

    forward           4 (sums) + 8 (result) = 12       tree 16
    input gradient    8 (sums) + 12 (result) = 20      tree 20
    weight gradient   8                                tree 8
"""

from typing import Any, NamedTuple

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.normalization import affine, gradients, one_pass, statistics
from crosscheck.kernels.normalization.dense import dense
from crosscheck.kernels.reduction import reduce


class Rates(NamedTuple):
    """Whether the statistics are the batch's; what it weighs in the running ones; and eps."""

    training: bool
    momentum: float
    eps: float


def _forward_tree(
    rates: Rates,
    x: Array,
    running_mean: Array,
    running_var: Array,
    weight: Array,
    bias: Array,
    y: Array,
    mean: Array,
    rstd: Array,
) -> None:
    if not x.size:
        for each in (mean, rstd):
            each.fill(0)  # statistics of nothing, for gradients that are sums of nothing
        return
    if rates.training:
        statistics.of_batch(x, mean, rstd, running_mean, running_var, rates.momentum, rates.eps)
    else:
        statistics.of_running(running_mean, running_var, mean, rstd, rates.eps)
    affine.forward(x, mean, rstd, weight, bias, y)


# Which way the sums are taken follows from what they are of: where the result lies changes no bit.
def _forward_one_pass(rates: Rates, x: Array, *given: Array) -> None:
    running_mean, running_var, weight, bias, y, mean, rstd = given
    read = dense(x)
    if read is None or not x.size:
        _forward_tree(rates, x, *given)
        return
    running = running_mean, running_var
    if rates.training:
        one_pass.of_batch(read, mean, rstd, *running, rates.momentum, rates.eps)
    else:
        statistics.of_running(*running, mean, rstd, rates.eps)
    rows = dense(x, y)
    if rows is not None and rows.in_quads:
        affine.forward_dense(rows, mean, rstd, weight, bias)
    else:
        affine.forward(x, mean, rstd, weight, bias, y)


def _input_gradient_one_pass(
    training: bool, dy: Array, x: Array, mean: Array, rstd: Array, weight: Array, dx: Array
) -> None:
    read = dense(x, dy)
    if read is None:
        gradients.input_gradient(training, dy, x, mean, rstd, weight, dx)
        return
    of_channels = (mean.size if training else 0,)
    slopes = workspace(of_channels, dx), workspace(of_channels, dx)
    if training:
        one_pass.slopes(read, mean, rstd, *slopes)
    rows = dense(x, dy, dx)
    if rows is not None and rows.in_quads:
        gradients.input_dense(rows, mean, rstd, weight, *slopes)
    else:
        gradients.input_direct(x, dy, mean, rstd, weight, *slopes, dx)


def _weight_gradient_one_pass(
    _: None, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array
) -> None:
    rows = dense(x, dy)
    if rows is None or not x.size:
        gradients.weight_gradient(_, dy, x, mean, rstd, dweight)
    else:
        one_pass.weight_gradient(rows, mean, rstd, dweight)


def _on_a_gpu(problem: Any, device: str) -> bool:
    """Whether one read pays: on the CPU its barriers switch between twice as many fibers."""
    return device != "cpu"


ALGORITHMS = {
    "forward": table(
        Algorithm("one_pass", _forward_one_pass, prefers=_on_a_gpu),
        Algorithm("tree", _forward_tree),
    ),
    "input_gradient": table(
        Algorithm("one_pass", _input_gradient_one_pass, prefers=_on_a_gpu),
        Algorithm("tree", gradients.input_gradient),
    ),
    "weight_gradient": table(
        Algorithm("one_pass", _weight_gradient_one_pass, prefers=_on_a_gpu),
        Algorithm("tree", gradients.weight_gradient),
    ),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}
