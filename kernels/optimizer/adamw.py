"""AdamW: Adam with decoupled weight decay. The kernels are `kernels.optimizer.adam_kernels`'.

p is multiplied by 1 - lr * weight_decay before the step, and the gradient is left as it is.
"""

from collections.abc import Sequence
from typing import Any

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.operator import Operator
from crosscheck.kernels.optimizer import adam, lists
from crosscheck.kernels.optimizer.adam_kernels import foreach_kernel
from crosscheck.kernels.optimizer.operands import plan, require_master, scalar
from crosscheck.kernels.plan import Plan, Size

ALGORITHMS = adam.ALGORITHMS
ADAMW = Operator("adamw", ALGORITHMS, adam.examples_of_step)


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
    lr = scalar(op, "lr", lr)
    shrink = 1 - lr * scalar(op, "weight_decay", weight_decay)
    amsgrad = max_exp_avg_sq is not None
    numbers = adam.numbers_of(op, step, lr, betas, eps, shrink, 0.0, maximize, amsgrad)
    return plan(numbers, parameter, *adam.STATE)


@ADAMW.direction(_step)
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
    weight_decay: float = 1e-2,
    maximize: bool = False,
    algorithm: str | None = None,
) -> None:
    """Update the parameter and its running means, in place: `kernels.optimizer.adam.step`."""
    require_master("adamw", parameter, master)
    arrays = parameter, gradient, exp_avg, exp_avg_sq, max_exp_avg_sq, master
    options = step, lr, betas, eps, weight_decay, maximize
    ADAMW.run("step", algorithm, (), *arrays, *options)


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
    arrays = dict(zip(adam.NAMES, columns, strict=True))
    lists.step(ADAMW, foreach_kernel, arrays, options, algorithm)
