"""Normalise groups of a sample's channels, then scale and shift every channel.

    y[n, c, l] = (x[n, c, l] - mean[n, g]) * (rstd[n, g] * weight[c]) + bias[c],  g the group of c

An array (n, c, l) is also (rows, length), one row for each group of each sample: rows = n * groups.
layer_norm has one group, and a channel of one element for each weight; instance_norm has a group
for each channel. A row is a channel of batch_norm in training, whose kernels take the statistics
and the sums of the gradients. The kernels here do what batch_norm has no need of: weights that
differ within a row. One thread per element, the last axis fastest, any strides.
"""

from dataclasses import replace
from numbers import Real
from typing import NamedTuple

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, empty, workspace
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.normalization import algorithms, one_pass, statistics
from crosscheck.kernels.normalization.affine import normalized
from crosscheck.kernels.normalization.dense import dense
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.reduction import reduce
from crosscheck.kernels.reduction.to_size import to_size
from crosscheck.kernels.unravel import extents, unravel


class Groups(NamedTuple):
    """`samples` of so many `groups`, of `width` channels of `inner` elements each."""

    samples: int
    groups: int
    width: int
    inner: int
    eps: float = 0.0

    @property
    def rows(self) -> tuple[int, int, int]:
        """The size that batch_norm takes the rows for channels of: see `algorithms`."""
        return 1, self.samples * self.groups, self.width * self.inner

    @property
    def planes(self) -> tuple[int, int, int]:
        """(n, c, l)."""
        return self.samples, self.groups * self.width, self.inner


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


def _launch(
    groups: Groups, x: Array, weight: Array, bias: Array, y: Array, mean: Array, rstd: Array
) -> None:
    width = groups.groups, groups.width, groups.inner
    forward_kernel.forall(y.size)(x[0], mean, rstd, weight, bias, y[0], *width)


def _forward_tree(groups: Groups, x: Array, *given: Array) -> None:
    *_, mean, rstd = given
    if x.size:
        nothing = empty((0,), x.dtype, x)
        statistics.of_batch(x, mean, rstd, nothing, nothing, 0.0, groups.eps)
        _launch(groups, x, *given)
    else:
        for each in (mean, rstd):
            each.fill(0)  # statistics of nothing, for gradients that are sums of nothing


def _forward_one_pass(groups: Groups, x: Array, *given: Array) -> None:
    *_, mean, rstd = given
    read = dense(x) if x.size else None
    if read is None:
        _forward_tree(groups, x, *given)
        return
    nothing = empty((0,), x.dtype, x)
    one_pass.of_batch(read, mean, rstd, nothing, nothing, 0.0, groups.eps)
    _launch(groups, x, *given)


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
        algorithm.run(True, dy, x, mean, rstd, empty((0,), x.dtype, x), dx)

    return replace(algorithm, run=run)


def _weight_gradient(
    groups: Groups, dy: Array, x: Array, mean: Array, rstd: Array, dweight: Array
) -> None:
    terms = workspace(groups.rows[1:], dy)
    if terms.size:
        weight_terms_kernel.forall(terms.size)(x[0], dy[0], mean, rstd, terms)
    to_size(terms.reshape(groups.planes), (1, groups.planes[1], 1), out=dweight)


BATCH_NORM = algorithms.ALGORITHMS
ALGORITHMS = {
    "forward": table(
        replace(BATCH_NORM["forward"]["one_pass"], run=_forward_one_pass),
        Algorithm("tree", _forward_tree),
    ),
    "input_gradient": table(*map(_input_gradient, BATCH_NORM["input_gradient"].values())),
    "weight_gradient": table(Algorithm("direct", _weight_gradient)),
    "bias_gradient": reduce.ALGORITHMS["forward"],
}


def forward_plan(op: str, input: Size, groups: Groups, affine: Size, eps: float) -> Plan:
    """Return the plan of a forward pass; `affine`: the size of weight and bias.

    PyTorch takes any eps. Raises TypeError for what is no number.
    """
    if not isinstance(eps, Real):
        reject(op, "eps", eps, "a number", TypeError)
    rows, channels = groups.rows, groups.planes[1:2]
    return Plan(
        groups._replace(eps=float(eps)),
        [Output(input, like="input"), *2 * [Output(rows[1:2], computed=True)]],
        sizes={"weight": affine, "bias": affine},
        mixed=("weight", "bias"),
        views={"input": rows, "out": rows, "weight": channels, "bias": channels},
    )


def input_plan(input: Size, groups: Groups, affine: Size) -> Plan:
    """Return the plan of the input gradient."""
    rows, statistic = groups.rows, groups.rows[1:2]
    return Plan(
        groups,
        [Output(input, like="input")],
        sizes={"grad_output": input, "mean": statistic, "rstd": statistic, "weight": affine},
        computed=("mean", "rstd"),
        mixed=("weight",),
        views={
            **dict.fromkeys(("grad_output", "input", "out"), rows),
            "weight": groups.planes[1:2],
        },
    )


def weight_plan(input: Size, groups: Groups, affine: Size) -> Plan:
    """Return the plan of the weight gradient."""
    rows, statistic = groups.rows, groups.rows[1:2]
    return Plan(
        groups,
        [Output(affine, mixed=True)],
        sizes={"grad_output": input, "mean": statistic, "rstd": statistic},
        computed=("mean", "rstd"),
        views={"grad_output": rows, "input": rows, "out": (1, groups.planes[1], 1)},
    )


def bias_plan(groups: Groups, affine: Size) -> Plan:
    """Return the plan of the bias gradient, a plain sum."""
    planes = groups.planes
    return Plan(
        reduce.problem(planes, (0, 2)),
        [Output(affine, mixed=True)],
        views={"grad_output": planes, "out": planes[1:2]},
    )
