"""Normalise groups of a sample's channels, then scale and shift every channel.

    y[n, c, l] = (x[n, c, l] - mean[n, g]) * (rstd[n, g] * weight[c]) + bias[c],  g the group of c

An array (n, c, l) is also (rows, length), one row for each group of each sample: rows = n * groups.
layer_norm has one group, and a channel of one element for each weight; instance_norm has a group
for each channel. A row is a channel of batch_norm, whose kernels take the statistics and the sums
of the gradients. The kernels here do what batch_norm has no need of: weights that differ within a
row. One thread per element, the last axis fastest, any strides.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array, empty, workspace
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.normalization import algorithms, one_pass, statistics
from crosscheck.kernels.normalization.affine import normalized
from crosscheck.kernels.normalization.dense import dense
from crosscheck.kernels.normalization.grouped_plans import Groups
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.reduction.to_size import to_size
from crosscheck.kernels.unravel import extents, unravel


@device_function
def channel_of(r, l, groups, width, inner):  # noqa: E741
    """Return the channel of element l of row r."""
    return r % groups * width + l // inner


@kernel
def forward_kernel(x, mean, rstd, weight, bias, y, groups, width, inner):
    """x, y (rows, length); mean, rstd (rows); weight, bias (c) or (0)."""
    R, L = extents(y)
    r, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
    if r < R:
        c = channel_of(r, l, groups, width, inner)
        scale, offset = rstd[r], real(0)
        if weight.shape[0] != 0:
            scale *= weight[c]
        if bias.shape[0] != 0:
            offset = bias[c]
        y[r, l] = normalized(x[r, l], (mean[r], scale, offset), bias)


# d y[n, c, l] / d weight[c] = (x[n, c, l] - mean) * rstd: dweight[c] is the sum of these terms over
# n, l, times dy.
@kernel
def weight_terms_kernel(x, dy, mean, rstd, terms):
    """x, dy, terms (rows, length); mean, rstd (rows)."""
    R, L = extents(terms)
    r, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
    if r < R:
        terms[r, l] = dy[r, l] * ((x[r, l] - mean[r]) * rstd[r])


# y is the weight times what a bare batch_norm of the row returns, plus the bias, so dx is the
# gradient of the latter with dy * weight in the place of dy.
@kernel
def weighted_kernel(dy, weight, weighted, groups, width, inner):
    """dy, weighted (rows, length); weight (c)."""
    R, L = extents(weighted)
    r, l = unravel(index(cuda.grid(1)), L)  # noqa: E741
    if r < R:
        weighted[r, l] = dy[r, l] * weight[channel_of(r, l, groups, width, inner)]


# (groups, x, mean, rstd, running_mean, running_var): it fills mean and rstd (rows) from x (1, rows,
# length) and updates the running statistics of rows, where there are some.
Statistics = Callable[..., None]


def _by_tree(groups: Groups, x: Array, *rows: Array) -> None:
    statistics.of_batch(x, *rows, groups.momentum, groups.eps)


def _in_one_pass(groups: Groups, x: Array, *rows: Array) -> None:
    read = dense(x)
    if read is None:
        _by_tree(groups, x, *rows)
    else:
        one_pass.of_batch(read, *rows, groups.momentum, groups.eps)


STATISTICS: dict[str, Statistics] = {"one_pass": _in_one_pass, "tree": _by_tree}


def forward(
    fill: Statistics,
    groups: Groups,
    x: Array,
    weight: Array,
    bias: Array,
    y: Array,
    mean: Array,
    rstd: Array,
    running: Sequence[Array] = (),
) -> None:
    """Normalise by the statistics of the rows; `running`: two arrays (rows) to be updated."""
    if x.size:
        nothing = empty((0,), x.dtype, x)
        fill(groups, x, mean, rstd, *(running or (nothing, nothing)))
        normalise(groups, x, weight, bias, y, mean, rstd)
    else:
        for each in (mean, rstd):
            each.fill(0)  # statistics of nothing, for gradients that are sums of nothing


def normalise(
    groups: Groups, x: Array, weight: Array, bias: Array, y: Array, mean: Array, rstd: Array
) -> None:
    width = groups.groups, groups.width, groups.inner
    forward_kernel.forall(y.size)(x[0], mean, rstd, weight, bias, y[0], *width)


def _input_gradient(algorithm: Algorithm) -> Algorithm:
    """Return batch_norm's algorithm, of dy * weight where there is a weight."""

    def run(
        groups: Groups, dy: Array, x: Array, mean: Array, rstd: Array, weight: Array, dx: Array
    ) -> None:
        if weight.size:
            weighted = workspace(dy.shape, dy)
            width = groups.groups, groups.width, groups.inner
            weighted_kernel.forall(dy.size)(dy[0], weight, weighted[0], *width)
            dy = weighted
        algorithm.run(groups.training, dy, x, mean, rstd, empty((0,), x.dtype, x), dx)

    return replace(algorithm, run=run)


def weight_gradient(
    groups: Groups, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array
) -> None:
    terms = workspace(groups.rows[1:], dy)
    if terms.size:
        weight_terms_kernel.forall(terms.size)(x[0], dy[0], mean, rstd, terms)
    to_size(terms.reshape(groups.planes), (1, groups.planes[1], 1), out=dweight)


# PyTorch's mean of an empty group is NaN, and its gradient of the weight holds it.
def _weight_gradient(groups: Groups, *arrays: Array) -> None:
    *_, dweight = arrays
    if groups.samples and not groups.inner:
        dweight.fill(math.nan)
    else:
        weight_gradient(groups, *arrays)


def of_statistics(run: Callable[..., None]) -> dict[str, Algorithm]:
    """Return the algorithms of a forward pass that is run(how to fill the statistics, ...)."""
    both = BATCH_NORM["forward"].values()
    return table(*(replace(each, run=partial(run, STATISTICS[each.name])) for each in both))


BATCH_NORM = algorithms.ALGORITHMS
ALGORITHMS = {
    "forward": of_statistics(forward),
    "input_gradient": table(*map(_input_gradient, BATCH_NORM["input_gradient"].values())),
    "weight_gradient": table(Algorithm("direct", _weight_gradient)),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}
