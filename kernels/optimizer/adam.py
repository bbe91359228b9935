"""Adam: one step with running means of the gradient and of its square, in one kernel.

The formulas are those of `adam_kernels`; the strides that its kernels do not take are copied:
`kernels.optimizer.operands.rows`. What depends on the step number alone is computed on the host in
float64, as PyTorch does.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.optimizer import foreach, lists
from crosscheck.kernels.optimizer.adam_kernels import Numbers, foreach_kernel, step_kernel
from crosscheck.kernels.optimizer.operands import (
    MASTER,
    examples,
    plan,
    require_master,
    row,
    rows,
    scalar,
)
from crosscheck.kernels.plan import Plan, Size


def _direct(
    numbers: Numbers,
    parameter: Array,
    gradient: Array,
    mean: Array,
    square: Array,
    largest: Array,
    master: Array,
) -> None:
    with rows(parameter, master, mean, square, largest) as (stored, p, m, v, most):
        p = p if p.size else stored
        step_kernel.forall(p.size)(p, row(gradient), m, v, most, stored, numbers)


ALGORITHMS = {"step": foreach.table(foreach_kernel, _direct)}
STATE = ("exp_avg", "exp_avg_sq", "max_exp_avg_sq")
NAMES = ("parameter", "gradient", *STATE, MASTER)


def examples_of_step(dtype: type) -> Iterator[Example]:
    return examples(dtype, *STATE, step=1)


ADAM = Operator("adam", ALGORITHMS, examples_of_step)


def numbers_of(
    op: str,
    step: int,
    lr: float,
    betas: Sequence[float],
    eps: float,
    shrink: float,
    decay: float,
    maximize: bool,
    amsgrad: bool,
) -> Numbers:
    """Return what the kernels take. Raises TypeError or ValueError."""
    step, eps = integer(op, "step", step, 1), scalar(op, "eps", eps)
    if not isinstance(betas, Sequence) or len(betas) != 2:
        reject(op, "betas", betas, "a pair of numbers")
    beta1, beta2 = (scalar(op, "betas", beta, 1.0) for beta in betas)
    rate, root = lr / (1 - beta1**step), math.sqrt(1 - beta2**step)
    weights = 1 - beta1, beta2, 1 - beta2
    return Numbers(shrink, decay, *weights, rate, root, eps, bool(maximize), amsgrad)


def _step(
    op: str,
    parameter: Size,
    gradient: Size,
    exp_avg: Size,
    exp_avg_sq: Size,
    max_exp_avg_sq: Size | None,
    master: Size | None,
    step: int,
    lr: float,
    betas: Sequence[float],
    eps: float,
    weight_decay: float,
    maximize: bool,
) -> Plan:
    decay, lr = scalar(op, "weight_decay", weight_decay), scalar(op, "lr", lr)
    amsgrad = max_exp_avg_sq is not None
    numbers = numbers_of(op, step, lr, betas, eps, 1.0, decay, maximize, amsgrad)
    return plan(numbers, parameter, *STATE)


@ADAM.direction(_step)
def step(
    parameter: Array,
    gradient: Array,
    exp_avg: Array,
    exp_avg_sq: Array,
    max_exp_avg_sq: Array | None = None,
    master: Array | None = None,
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

    All arrays have one shape and device, and any strides; their dtypes are those of `operands`. The
    means start as zeros. `max_exp_avg_sq`, when given, makes it amsgrad. `step` counts from 1.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    require_master("adam", parameter, master)
    arrays = parameter, gradient, exp_avg, exp_avg_sq, max_exp_avg_sq, master
    options = step, lr, betas, eps, weight_decay, maximize
    ADAM.run("step", algorithm, (), *arrays, *options)


def foreach_step(
    parameters: Sequence[Array],
    gradients: Sequence[Array],
    exp_avgs: Sequence[Array],
    exp_avg_sqs: Sequence[Array],
    max_exp_avg_sqs: Sequence[Array] | None = None,
    masters: Sequence[Array] | None = None,
    *,
    algorithm: str | None = None,
    **options: Any,
) -> None:
    """Take `step` on each parameter of a list: `kernels.optimizer.sgd.foreach_step`."""
    columns = parameters, gradients, exp_avgs, exp_avg_sqs, max_exp_avg_sqs, masters
    arrays = dict(zip(NAMES, columns, strict=True))
    lists.step(ADAM, foreach_kernel, arrays, options, algorithm)
