"""AdamW: Adam with decoupled weight decay. The kernel and its order are `kernels.optimizer.adam`'s.

p is multiplied by 1 - lr * weight_decay before the step, and the gradient is left as it is.
"""

from collections.abc import Sequence

from crosscheck.kernels.arrays import Array
from crosscheck.kernels.optimizer import adam
from crosscheck.kernels.optimizer.operands import scalar

OP = "adamw"
ALGORITHMS = adam.ALGORITHMS


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
    weight_decay: float = 1e-2,
    maximize: bool = False,
    algorithm: str | None = None,
) -> None:
    """Update the parameter and its running means, in place: `kernels.optimizer.adam.step`."""
    operands = parameter, gradient, exp_avg, exp_avg_sq, max_exp_avg_sq
    lr = scalar(OP, "lr", lr)
    shrink = 1 - lr * scalar(OP, "weight_decay", weight_decay)
    adam.run(OP, operands, step, lr, betas, eps, shrink, 0.0, maximize, algorithm)
