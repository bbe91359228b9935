"""Adam: one step with running means of the gradient and of its square, in one kernel.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    m = m + (1 - beta1) * (g - m)
    v = beta2 * v + (1 - beta2) * g * g
    p = p - lr / (1 - beta1^t) * m / (sqrt(v) / sqrt(1 - beta2^t) + eps)

With amsgrad the largest v so far stands under the root. AdamW (`kernels.optimizer.adamw`) is the
same kernel, with p first multiplied by 1 - lr * weight_decay instead of g changed.

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. The operations and their
order are those of `torch.optim.Adam`, each rounded once; what depends on the step number alone is
computed on the host in float64, as there.
"""

import math
from collections.abc import Sequence

from crosscheck.kernels import arrays
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.optimizer.operands import check, row, rows, scalar

OP = "adam"


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


def _direct(parameter, gradient, mean, square, largest, *numbers) -> None:
    state = [parameter, mean, square] + ([] if largest is None else [largest])
    with rows(*state) as (p, m, v, *rest):
        most = rest[0] if rest else arrays.empty((0,), p.dtype, p)
        step_kernel.forall(p.size)(p, row(gradient), m, v, most, *numbers)


ALGORITHMS = {"step": {"direct": Algorithm("direct", _direct)}}


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
    operands = parameter, gradient, exp_avg, exp_avg_sq, max_exp_avg_sq
    decay = scalar(OP, "weight_decay", weight_decay)
    run(OP, operands, step, scalar(OP, "lr", lr), betas, eps, 1.0, decay, maximize, algorithm)


def run(op, operands, step, lr, betas, eps, shrink, decay, maximize, algorithm) -> None:
    """Check what Adam and AdamW share, and launch."""
    step = integer(op, "step", step, 1)
    eps = scalar(op, "eps", eps)
    if not isinstance(betas, Sequence) or len(betas) != 2:
        reject(op, "betas", betas, "a pair of numbers")
    beta1, beta2 = (scalar(op, "betas", beta, 1.0) for beta in betas)
    parameter, gradient, exp_avg, exp_avg_sq, largest = operands
    state = dict(exp_avg=exp_avg, exp_avg_sq=exp_avg_sq)
    for name, value in state.items():
        if value is None:
            reject(op, name, value, "an array", TypeError)
    check(op, parameter, gradient, **state, max_exp_avg_sq=largest)
    chosen = choose(op, "step", ALGORITHMS["step"], parameter.shape, algorithm)
    rate, root = lr / (1 - beta1**step), math.sqrt(1 - beta2**step)
    numbers = shrink, decay, 1 - beta1, beta2, 1 - beta2, rate, root, eps, bool(maximize)
    chosen.run(*operands, *numbers)
