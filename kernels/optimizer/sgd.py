"""SGD: one step of stochastic gradient descent, in one kernel.

    g = dL/dp, or -dL/dp to maximize; plus weight_decay * p
    b = momentum * b + (1 - dampening) * g, or g at the first step
    p = p - lr * d, where d is g without momentum, b with it, g + momentum * b with nesterov

Threads: one per element; each reads and writes its own elements alone. Layout: contiguous rows; see
`kernels.optimizer.operands.rows` for the other strides. Constraints: none. `foreach_kernel` takes a
list of parameters, several quads a thread: see foreach.py. With momentum it moves 20 bytes an
element, in 4 to 6 instructions and 32 registers (float32, sm_90a).

The operations and their order are those of `torch.optim.SGD`. On either device the compiler fuses
a product with the sum it goes into: one rounding for two, and not the bits of PyTorch where that
does otherwise.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.optimizer import foreach, lists
from crosscheck.kernels.optimizer.foreach import APART, THREADS, TURNS, chunk_of_block
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
from crosscheck.kernels.ptx import array_at, element_bytes, load_quad, store_quad


class Numbers(NamedTuple):
    """What the kernels take beside the arrays."""

    lr: float
    momentum: float
    undamped: float
    decay: float
    first: bool
    nesterov: bool
    maximize: bool


@device_function
def updated(p, g, b, numbers):
    """Return the new p and b of one element."""
    lr, momentum, undamped, decay, first, nesterov, maximize = numbers
    d = -g if maximize else g
    if decay != real(0):
        d = d + decay * p
    if momentum != real(0):
        b = d if first else cuda.fma(undamped, d, b * momentum)
        d = d + momentum * b if nesterov else b
    return p - lr * d, b


@device_function
def uses_of_buffer(numbers):
    """Return whether the buffer is read, and whether it is written."""
    _, momentum, _, _, first, _, _ = numbers
    return momentum != real(0) and not first, momentum != real(0)


@device_function
def updated_quad(p, g, b, numbers):
    p0, b0 = updated(p[0], g[0], b[0], numbers)
    p1, b1 = updated(p[1], g[1], b[1], numbers)
    p2, b2 = updated(p[2], g[2], b[2], numbers)
    p3, b3 = updated(p[3], g[3], b[3], numbers)
    return (p0, p1, p2, p3), (b0, b1, b2, b3)


@kernel
def step_kernel(p, g, b, stored, numbers):
    """p, g, b, stored (count); b is empty without momentum; stored is p, or p in 16 bits."""
    i = index(cuda.grid(1))
    if i < index(p.size):
        reads, writes = uses_of_buffer(numbers)
        value, average = updated(p[i], g[i], b[i] if reads else real(0), numbers)
        p[i] = value
        if element_bytes(stored) == 2:
            stored[i] = value
        if writes:
            b[i] = average


@kernel
def foreach_kernel(parameters, chunks, like, stored, numbers):
    """The arrays of parameters are p, g, b, and p in 16 bits: see foreach.py."""
    owner, count, are_quads, offset, short = chunk_of_block(parameters, chunks, like, stored)
    t = index(cuda.threadIdx.x)
    p = array_at(real, parameters[owner, 2] + offset, count)
    g = array_at(stored, parameters[owner, 3] + short, count)
    b = array_at(real, parameters[owner, 4] + offset, count)
    rounded = array_at(stored, parameters[owner, 7] + short, count)
    reads, writes = uses_of_buffer(numbers)
    if are_quads:
        for turn in range(TURNS):
            at = t * 4 + index(turn * APART)
            averages = (real(0), real(0), real(0), real(0))
            values, slopes = load_quad(p, at), load_quad(g, at)
            if reads:
                averages = load_quad(b, at)
            values, averages = updated_quad(values, slopes, averages, numbers)
            store_quad(p, at, values)
            if element_bytes(stored) == 2:
                store_quad(rounded, at, values)
            if writes:
                store_quad(b, at, averages)
    else:
        for i in range(t, index(count), THREADS):
            value, average = updated(p[i], g[i], b[i] if reads else real(0), numbers)
            p[i] = value
            if element_bytes(stored) == 2:
                rounded[i] = value
            if writes:
                b[i] = average


def _direct(
    numbers: Numbers, parameter: Array, gradient: Array, buffer: Array, master: Array
) -> None:
    with rows(parameter, master, buffer) as (stored, p, b):
        p = p if p.size else stored
        step_kernel.forall(p.size)(p, row(gradient), b, stored, numbers)


ALGORITHMS = {"step": foreach.table(foreach_kernel, _direct)}


def _examples(dtype: type) -> Iterator[Example]:
    return examples(dtype, "momentum_buffer", momentum=0.9)


SGD = Operator("sgd", ALGORITHMS, _examples)


def _step(
    op: str,
    parameter: Size,
    gradient: Size,
    momentum_buffer: Size | None,
    master: Size | None,
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
    master: Array | None = None,
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

    All arrays have one shape and device, and any strides; their dtypes are those of `operands`.
    With `first` the buffer is not read: the first step fills it. Raises ValueError or TypeError,
    before anything is launched, for what `torch.optim.SGD` rejects.
    """
    require_master("sgd", parameter, master)
    buffer = momentum_buffer if momentum else None
    numbers = lr, momentum, dampening, weight_decay, nesterov, maximize, first
    SGD.run("step", algorithm, (), parameter, gradient, buffer, master, *numbers)


def foreach_step(
    parameters: Sequence[Array],
    gradients: Sequence[Array],
    momentum_buffers: Sequence[Array] | None = None,
    masters: Sequence[Array] | None = None,
    *,
    algorithm: str | None = None,
    **options: Any,
) -> None:
    """Take `step` on each parameter of a list, in one launch for those of a device and dtype.

    The options are those of `step`, and so are the bits. None chooses the launch on a GPU; forced
    as "foreach", too, arrays that are not dense, or not in one order of axes, go one by one. Raises
    like `step`, before anything is launched.
    """
    buffers = momentum_buffers if options.get("momentum") else None
    arrays = dict(parameter=parameters, gradient=gradients, momentum_buffer=buffers)
    arrays[MASTER] = masters
    lists.step(SGD, foreach_kernel, arrays, options, algorithm)
