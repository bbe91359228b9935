"""Adam: one step with running means of the gradient and of its square, in one kernel.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    m = m + (1 - beta1) * (g - m)
    v = beta2 * v + (1 - beta2) * g * g
    p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)

With amsgrad the largest v so far stands under the root. AdamW (`kernels.optimizer.adamw`) is the
same kernel, with p first multiplied by 1 - lr * weight_decay instead of g changed.

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. The operations and their
order are those of `torch.optim.Adam`. On either device the compiler fuses a product with the sum it
goes into: one rounding for two, and not the bits of PyTorch where that does otherwise. What depends
on the step number alone is computed on the host in float64, as there.
"""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.optimizer.operands import examples, plan, row, rows, scalar
from crosscheck.kernels.plan import Plan, Size


@kernel
def step_kernel(p, g, m, v, largest, shrink, decay, weight1, beta2, weight2, rate, root, eps, up):
    """p, g, m, v, largest (count); largest is empty without amsgrad; up is whether to maximize."""
    i = index(cuda.grid(1))
    if i < index(p.size):
        value = p[i] * shrink
        slope = -g[i] if up else g[i]
        if decay != real(0):
            slope = slope + decay * value
        mean = m[i]
        if weight1 + weight1 < real(1):
            mean = mean + weight1 * (slope - mean)
        else:  # torch's lerp starts from the nearer end
            mean = slope + (slope - mean) * (weight1 - real(1))
        m[i] = mean
        square = v[i] * beta2 + weight2 * slope * slope
        v[i] = square
        if largest.shape[0] != 0:
            if largest[i] > square or largest[i] != largest[i]:  # a NaN stays, as in torch.maximum
                square = largest[i]
            largest[i] = square
        p[i] = value - rate * mean / (math.sqrt(square) / root + eps)


class Numbers(NamedTuple):
    """What the kernel takes beside the arrays."""

    shrink: float
    decay: float
    weight1: float
    beta2: float
    weight2: float
    rate: float
    root: float
    eps: float
    maximize: bool


def _direct(
    numbers: Numbers, parameter: Array, gradient: Array, mean: Array, square: Array, largest: Array
) -> None:
    with rows(parameter, mean, square, largest) as (p, m, v, most):
        step_kernel.forall(p.size)(p, row(gradient), m, v, most, *numbers)


ALGORITHMS = {"step": table(Algorithm("direct", _direct))}
STATE = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")


def examples_of_step(dtype: type) -> Iterator[Example]:
    return examples(dtype, *STATE, step=1)


ADAM = Operator("adam", ALGORITHMS, examples_of_step)


def numbers(
    op: str,
    step: int,
    lr: float,
    betas: Sequence[float],
    eps: float,
    shrink: float,
    decay: float,
    maximize: bool,
) -> Numbers:
    """Return what the kernel takes. Raises TypeError or ValueError."""
    step, eps = integer(op, "step", step, 1), scalar(op, "eps", eps)
    if not isinstance(betas, Sequence) or len(betas) != 2:
        reject(op, "betas", betas, "a pair of numbers")
    beta1, beta2 = (scalar(op, "betas", beta, 1.0) for beta in betas)
    rate, root = lr / (1 - beta1**step), math.sqrt(1 - beta2**step)
    weights = 1 - beta1, beta2, 1 - beta2
    return Numbers(shrink, decay, *weights, rate, root, eps, bool(maximize))


def _step(
    op: str,
    parameter: Size,
    gradient: Size,
    exp_avg: Size,
    exp_avg_sq: Size,
    max_exp_avg_sq: Size | None,
    step: int,
    lr: float,
    betas: Sequence[float],
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> Plan:
    decay, lr = scalar(op, "weight_decay", weight_decay), scalar(op, "lr", lr)
    return plan(numbers(op, step, lr, betas, eps, 1.0, decay, maximize), parameter, *STATE)


@ADAM.direction(_step)
def step(
    parameter: Array,
    gradient: Array,
    exp_avg: Array,
    exp_avg_sq: Array,
    max_exp_avg_sq: Array | None = None,
    *,
    step: int,
    lr: float = 1e-3,
    betas: Sequence[float] = (0.9, 0.999),
    eps: float = 1e-8,
    weight_decay: float = 0,
    maximize: bool = False,
    algorithm: str | None = None,
) -> None:
    """Update the parameter and its running means, in place.

    All arrays are float32 or float64, of one shape, dtype and device, with any strides; the means
    start as zeros. `max_exp_avg_sq`, when given, makes it amsgrad. `step` counts from 1. Raises
    ValueError or TypeError, before anything is launched, for what `torch.optim.Adam` rejects.
    """
    arrays = parameter, gradient, exp_avg, exp_avg_sq, max_exp_avg_sq
    options = step, lr, betas, eps, weight_decay, maximize
    ADAM.run("step", algorithm, (), *arrays, *options)
