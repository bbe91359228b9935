"""Padding with the image's own elements: mirrored (reflect), repeated (replicate) or wrapped around
(circular).

    y[n, c, p, q] = x[n, c, source(p), source(q)]

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
"""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, rank, reject
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import batch

REFLECT, REPLICATE, CIRCULAR = range(3)
MODES = {"reflect": REFLECT, "replicate": REPLICATE, "circular": CIRCULAR}


@device_function
def source(p, before, extent, mode):
    """Return the input row that output row p copies; `before` rows are padded before the first."""
    if p < before:
        missing = before - p  # rows before the first
        if mode == REFLECT:
            return missing
        return index(0) if mode == REPLICATE else extent - missing
    h = p - before
    if h < extent:
        return h
    past = h - extent  # rows past the last but one
    if mode == REFLECT:
        return extent - 2 - past
    return extent - 1 if mode == REPLICATE else past


@device_function
def candidate(t, h, before, extent):
    """Return the t-th output row that may copy input row h: all before the image, its own place in
    it, all after it.
    """
    if t < before:
        return t
    return before + h if t == before else t + extent - 1


@kernel
def forward_kernel(x, y, before, mode):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        y[n, c, p, q] = x[n, c, source(p, before[0], H, mode), source(q, before[1], W, mode)]


# Every output is a copy of one input element:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] over source(p) = h and source(q) = w
# Each thread gathers that sum for its own input element. The rows that can copy row h are the
# padding and h itself; they are tried in ascending order, so two runs give the same bits.
@kernel
def input_gradient_kernel(dy, dx, before, mode):
    N, C, H, W = extents(dx)
    P, Q = extents(dy)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        total = real(0)
        # As a range these loops would be unrolled: 848 instructions instead of 280 (sm_90a).
        t = index(0)
        while t <= P - H:
            p = candidate(t, h, before[0], H)
            if source(p, before[0], H, mode) == h:
                u = index(0)
                while u <= Q - W:
                    q = candidate(u, w, before[1], W)
                    if source(q, before[1], W, mode) == w:
                        total += dy[n, c, p, q]
                    u += 1
            t += 1
        dx[n, c, h, w] = total


class Problem(NamedTuple):
    """How many rows and columns are padded before the first, and in which mode."""

    before: tuple[int, int]
    mode: int


def _forward_direct(problem: Problem, x: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, y, *problem)


def _input_gradient_direct(problem: Problem, dy: Array, dx: Array) -> None:
    input_gradient_kernel.forall(dx.size)(dy, dx, *problem)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((2, 4, 16, 16), dtype)
    yield {"input": x}, {"pad": (1, 1, 1, 1), "mode": "reflect"}


PAD = Operator("pad", ALGORITHMS, _examples)


def _forward(op: str, input: Size, pad: Sequence[int], mode: str) -> Plan:
    problem, size = _parse(op, "input.shape", input, pad, mode)
    views = {"input": batch(input), "out": batch(size)}
    return Plan(problem, [Output(size)], views=views)


@PAD.direction(_forward)
def forward(
    input: Array,
    pad: Sequence[int],
    mode: str,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the image, ([n,] c, h, w) of a floating dtype, padded on its last two axes.

    `pad` is (left, right, top, bottom), as `torch.nn.functional.pad` has it; `mode` is one of
    MODES. Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return PAD.run("forward", algorithm, out, input, pad, mode)


def _input_gradient(op: str, grad_output: Size, input: Size, pad: Sequence[int], mode: str) -> Plan:
    problem, size = _parse(op, "input_size", input, pad, mode)
    views = {"grad_output": batch(size), "out": batch(input)}
    return Plan(problem, [Output(input)], sizes={"grad_output": size}, views=views)


@PAD.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    pad: Sequence[int],
    mode: str,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    Raises like `forward`.
    """
    return PAD.run("input_gradient", algorithm, out, grad_output, input_size, pad, mode)


def _parse(
    op: str, name: str, size: Size, pad: Sequence[int], mode: str
) -> tuple[Problem, tuple[int, ...]]:
    """Return the problem and the size of the output, for an image whose size is called `name`."""
    rank(op, name, size, (3, 4))
    if mode not in MODES:
        reject(op, "mode", mode, f"one of {sorted(MODES)}")
    if not isinstance(pad, Sequence) or len(pad) != 4:
        reject(op, "pad", pad, "(left, right, top, bottom)")
    left, right, top, bottom = (integer(op, "pad", each, 0) for each in pad)
    *lead, h, w = size
    if mode != "circular" and 0 in (*lead[-1:], h, w):
        reject(op, name, tuple(size), "at least 1 channel, row and column")
    for extent, widest in ((h, max(top, bottom)), (w, max(left, right))):
        if mode == "reflect" and widest >= extent:
            reject(op, "pad", tuple(pad), f"less than the image's {h} rows, {w} columns")
        if mode == "circular" and widest > extent:
            reject(op, "pad", tuple(pad), f"at most the image's {h} rows, {w} columns")
    return Problem((top, left), MODES[mode]), (*lead, h + top + bottom, w + left + right)
