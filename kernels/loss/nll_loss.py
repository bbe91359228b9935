"""nll_loss: minus the logarithm of the probability of each row's class, times its weight.

    y[n, d] = -w[t] * x[n, t, d]    with t = target[n, d]; 0 where t is ignored

A mean is divided by the sum of the weights w[t]. Logarithms are (n, c, d), with every dimension
after the classes folded into d.

Threads: one per row (n, d) in the loss, one per element in the gradient. Layout: any strides.
Constraints: a target that is no class is refused or, on a GPU, gives NaN, as in cross_entropy.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.loss.cross_entropy import problem
from crosscheck.kernels.loss.cross_entropy.classes import is_class, weight_of
from crosscheck.kernels.loss.cross_entropy.divisor import divisor
from crosscheck.kernels.loss.cross_entropy.problem import Problem
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.unravel import extents, unravel


@kernel
def forward_kernel(x, target, w, ignore, loss):
    """x (n, c, d), target (n, d) integers, w (c) or (0), loss (n, d)."""
    N, _, D = extents(x)
    n, d = unravel(index(cuda.grid(1)), D)
    if n < N:
        label = target[n, d]
        value = real(0)
        if label != ignore:
            value = real(math.nan)
            if is_class(label, x.shape[1]):
                c = index(label)
                value = -x[n, c, d] * weight_of(w, c)
        loss[n, d] = value


# Each loss is one element times -w: the only element of its row whose gradient is not 0.
@kernel
def input_gradient_kernel(dy, target, w, ignore, by, divisor, each, dx):
    """dx (n, c, d), target and w as in `forward_kernel`; dy (n, d) where `each`, else (1, 1).

    dy is divided by by[0] or, where by is (0), by divisor.
    """
    N, C, D = extents(dx)
    n, c, d = unravel(index(cuda.grid(1)), C, D)
    if n < N:
        label = target[n, d]
        slope = real(0)
        if label != ignore:
            if not is_class(label, dx.shape[1]):
                slope = real(math.nan)
            elif c == index(label):
                g = dy[n, d] if each else dy[0, 0]
                slope = -weight_of(w, c) * (g / (by[0] if by.shape[0] != 0 else divisor))
        dx[n, c, d] = slope


def _forward_direct(this: Problem, x: Array, target: Array, w: Array, out: Array) -> None:
    target = target.astype(np.int64, copy=False)
    losses = out if this.reduction == "none" else workspace(this.losses, x)
    if losses.size:
        launch = forward_kernel.forall(losses.size)
        launch(x, target, w, np.int64(this.ignore_index), losses)
    if losses is not out:
        sum_into(losses.reshape(-1), *divisor(this, target, w), out.reshape(1))


def _input_gradient_direct(this: Problem, dy: Array, target: Array, w: Array, dx: Array) -> None:
    target = target.astype(np.int64, copy=False)
    by, number = divisor(this, target, w)
    launch = input_gradient_kernel.forall(dx.size)
    each = this.reduction == "none"
    launch(dy, target, w, np.int64(this.ignore_index), by, number, each, dx)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((128, 16), dtype), "target": np.zeros(128, np.int64)}, {}


NLL_LOSS = Operator("nll_loss", ALGORITHMS, _examples)


def _plan(op: str, input: Size, target: Size, how: tuple, gradient: bool = False) -> Plan:
    this = problem.create(op, input, target, *how, 0.0)
    if this.has_probabilities:
        if tuple(target) != (1,):
            reject(op, "target.shape", tuple(target), f"{this.loss_shape}")
        this = replace(this, has_probabilities=False)  # one class, and one target
    per_loss = this.losses if this.reduction == "none" else (1, 1)
    views = {"input": this.shape, "target": this.losses}
    views |= {"grad_output": per_loss, "out": this.shape} if gradient else {"out": per_loss}
    return Plan(
        this,
        [Output(input) if gradient else Output(this.output_shape)],
        sizes={"weight": (this.classes,), "grad_output": this.output_shape},
        integers={"target": (np.int64, np.uint8)},
        views=views,
        checks={"target": partial(problem.check_classes, this)},
    )


def _forward(op: str, input: Size, target: Size, weight: Size | None, *how: Any) -> Plan:
    return _plan(op, input, target, how)


@NLL_LOSS.direction(_forward)
def forward(
    input: Array,
    target: Array,
    weight: Array | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return torch.nn.functional.nll_loss of logarithms (n, c, ...) or (c).

    target holds int64 (or uint8) classes (n, ...). The result is (n, ...) for reduction 'none',
    else (). Raises TypeError or ValueError before anything is launched, and IndexError for a target
    that is no class, on a GPU later: see `kernels.loss.cross_entropy`.
    """
    return NLL_LOSS.run("forward", algorithm, out, input, target, weight, ignore_index, reduction)


def _input_gradient(
    op: str, grad_output: Size, target: Size, input: Size, weight: Size | None, *how: Any
) -> Plan:
    return _plan(op, tuple(input), target, how, gradient=True)


@NLL_LOSS.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    target: Array,
    input_size: Sequence[int],
    weight: Array | None = None,
    ignore_index: int = -100,
    reduction: str = "mean",
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient of `forward` for its input, of shape `input_size`.

    grad_output has the shape of its result. Raises like `forward`.
    """
    arrays = grad_output, target, input_size, weight
    return NLL_LOSS.run("input_gradient", algorithm, out, *arrays, ignore_index, reduction)
