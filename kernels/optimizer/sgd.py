"""SGD: one step of stochastic gradient descent, in one kernel.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    b = momentum * b + (1 - dampening) * g, or g at the first step
    p = p - lr * d, where d is g without momentum, b with it, g + momentum * b with nesterov

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. The operations and their
order are those of `torch.optim.SGD`, each rounded once.
"""

from crosscheck.kernels import arrays
from crosscheck.kernels.algorithm import Algorithm, choose
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.optimizer.operands import check, row, rows, scalar

OP = "sgd"


@kernel
def step_kernel(p, g, b, lr, momentum, undamped, decay, first, nesterov, maximize):
    """p, g, b (count); b is empty without momentum."""
    i = index(cuda.grid(1))
    if i < index(p.size):
        value = p[i]
        d = -g[i] if maximize else g[i]
        if decay != real(0):
            d = d + decay * value
        if momentum != real(0):
            average = d if first else b[i] * momentum + undamped * d
            b[i] = average
            d = d + momentum * average if nesterov else average
        p[i] = value - lr * d


def _direct(parameter, gradient, buffer, *numbers) -> None:
    if buffer is None:
        with rows(parameter) as (p,):
            none = arrays.empty((0,), p.dtype, p)
            step_kernel.forall(p.size)(p, row(gradient), none, *numbers)
        return
    with rows(parameter, buffer) as (p, b):
        step_kernel.forall(p.size)(p, row(gradient), b, *numbers)


ALGORITHMS = {"step": {"direct": Algorithm("direct", _direct)}}


def step(
    parameter: Array,
    gradient: Array,
    momentum_buffer: Array | None = None,
    *,
    lr: float = 1e-3,
    momentum: float = 0,
    dampening: float = 0,
    weight_decay: float = 0,
    nesterov: bool = False,
    maximize: bool = False,
    first: bool = False,
    algorithm: str | None = None,
) -> None:
    """Update the parameter and, where momentum is not 0, its buffer, in place.

    All arrays are float32 or float64, of one shape, dtype and device, with any strides. With
    `first` the buffer is not read: the first step fills it. Raises ValueError or TypeError, before
    anything is launched, for what `torch.optim.SGD` rejects.
    """
    lr, momentum = scalar(OP, "lr", lr), scalar(OP, "momentum", momentum)
    decay = scalar(OP, "weight_decay", weight_decay)
    if nesterov and (momentum == 0 or dampening != 0):
        reject(OP, "nesterov", nesterov, "False without momentum, or with dampening")
    if momentum and momentum_buffer is None:
        reject(OP, "momentum_buffer", None, "an array, as momentum is not 0")
    buffer = momentum_buffer if momentum else None
    check(OP, parameter, gradient, momentum_buffer=buffer)
    chosen = choose(OP, "step", ALGORITHMS["step"], parameter.shape, algorithm)
    numbers = lr, momentum, float(1 - dampening), decay, bool(first), bool(nesterov), bool(maximize)
    chosen.run(parameter, gradient, buffer, *numbers)
