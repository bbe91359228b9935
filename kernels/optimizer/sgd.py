"""SGD: one step of stochastic gradient descent, in one kernel.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    b = momentum * b + (1 - dampening) * g, or g at the first step
    p = p - lr * d, where d is g without momentum, b with it, g + momentum * b with nesterov

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. The operations and their
order are those of `torch.optim.SGD`. On either device the compiler fuses a product with the sum it
goes into: one rounding for two, and not the bits of PyTorch where that does otherwise.
"""

from collections.abc import Iterator
from typing import NamedTuple

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.optimizer.operands import examples, plan, row, rows, scalar
from crosscheck.kernels.plan import Plan, Size


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


class Numbers(NamedTuple):
    """What the kernel takes beside the arrays."""

    lr: float
    momentum: float
    undamped: float
    decay: float
    first: bool
    nesterov: bool
    maximize: bool


def _direct(numbers: Numbers, parameter: Array, gradient: Array, buffer: Array) -> None:
    with rows(parameter, buffer) as (p, b):
        step_kernel.forall(p.size)(p, row(gradient), b, *numbers)


ALGORITHMS = {"step": table(Algorithm("direct", _direct))}


def _examples(dtype: type) -> Iterator[Example]:
    return examples(dtype, "momentum_buffer", momentum=0.9)


SGD = Operator("sgd", ALGORITHMS, _examples)


def _step(
    op: str,
    parameter: Size,
    gradient: Size,
    momentum_buffer: Size | None,
    lr: float,
    momentum: float,
    dampening: float,
    weight_decay: float,
    nesterov: bool,
    maximize: bool,
    first: bool,
) -> Plan:
    lr, momentum = scalar(op, "lr", lr), scalar(op, "momentum", momentum)
    decay = scalar(op, "weight_decay", weight_decay)
    if nesterov and (momentum == 0 or dampening != 0):
        reject(op, "nesterov", nesterov, "False without momentum, or with dampening")
    if momentum and momentum_buffer is None:
        reject(op, "momentum_buffer", None, "an array, as momentum is not 0")
    flags = bool(first), bool(nesterov), bool(maximize)
    numbers = Numbers(lr, momentum, float(1 - dampening), decay, *flags)
    return plan(numbers, parameter, "momentum_buffer")


@SGD.direction(_step)
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
    buffer = momentum_buffer if momentum else None
    numbers = lr, momentum, dampening, weight_decay, nesterov, maximize, first
    SGD.run("step", algorithm, (), parameter, gradient, buffer, *numbers)
