"""Max pooling: the largest element of each window, and where it was.

    y[n, c, p, q] = max over the taps (h, w) of window (p, q) of x[n, c, h, w]

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
`vectorized` takes images in channels_last by quads of channels (see `max_vectorized`), and gathers
the gradient of others for several planes at once (see `max_gather`); `separable` (see
`max_separable`) takes large or overlapping windows in images.
Ties, NaN and -inf are PyTorch's: the first of equal elements wins, a NaN beats everything and the
last NaN of a window wins, and padding is never chosen.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels import vectorized
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling import max_gather, max_separable, max_vectorized
from crosscheck.kernels.pooling.geometry import taps, windows
from crosscheck.kernels.pooling.places import first_places
from crosscheck.kernels.pooling.problem import Problem, create
from crosscheck.kernels.unravel import extents, unravel


@kernel
def forward_kernel(x, y, indices, span, stride, padding, dilation):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        h_begin, h_end = taps(p, span[0], stride[0], padding[0], dilation[0], H)
        w_begin, w_end = taps(q, span[1], stride[1], padding[1], dilation[1], W)
        best = real(-math.inf)
        best_at = h_begin * W + w_begin  # a window of -inf alone keeps its first tap
        for h in range(h_begin, h_end, dilation[0]):
            for w in range(w_begin, w_end, dilation[1]):
                value = x[n, c, h, w]
                if value > best or value != value:
                    best = value
                    best_at = h * W + w
        y[n, c, p, q] = best
        indices[n, c, p, q] = best_at


# The output is a copy of the winner, so its derivative is 1 at the winner and 0 elsewhere:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] over the windows (p, q) whose winner is (h, w)
# Each thread gathers that sum for its own input element, windows in ascending order: nothing is
# written twice, so no atomics and the same bits every run.
@kernel
def input_gradient_kernel(dy, indices, dx, span, stride, padding):
    i = index(cuda.grid(1))
    C, H, W = extents(dx)[1:]
    P, Q = extents(dy)[2:]
    if i < index(dx.size):  # n < N after unravel would take 38 registers, not 32 (sm_90a)
        n, c, h, w = unravel(i, C, H, W)
        p_begin, p_end = windows(h, span[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, span[1], stride[1], padding[1], Q)
        at = h * W + w
        total = real(0)
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                if index(indices[n, c, p, q]) == at:
                    total += dy[n, c, p, q]
        dx[n, c, h, w] = total


def _forward_direct(problem: Problem, x: Array, y: Array, indices: Array) -> None:
    forward_kernel.forall(y.size)(
        x, y, indices, problem.span, problem.stride, problem.padding, problem.dilation
    )


def _input_gradient_direct(problem: Problem, dy: Array, indices: Array, dx: Array) -> None:
    input_gradient_kernel.forall(dx.size)(
        dy, indices, dx, problem.span, problem.stride, problem.padding
    )


def _forward_separable(problem: Problem, x: Array, y: Array, indices: Array) -> None:
    if not max_separable.forward(problem, x, y, indices):
        _BY_QUADS["vectorized"].run(problem, x, y, indices)


def _input_gradient_rows(problem: Problem, *arrays: Array) -> bool:
    return max_vectorized.input_gradient(problem, *arrays) or max_gather.input_gradient(
        problem, *arrays
    )


_BY_QUADS = vectorized.table(max_vectorized.forward, _forward_direct)
_SEPARABLE = Algorithm(
    "separable", _forward_separable, max_separable.unsupported, max_separable.prefers
)

ALGORITHMS = {
    "forward": table(_SEPARABLE, *_BY_QUADS.values()),
    "input_gradient": vectorized.table(_input_gradient_rows, _input_gradient_direct),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, indices = np.zeros((2, 8, 16, 16), dtype), first_places(8, 2)
    nhwc = {"input": in_nhwc(x), "indices": in_nhwc(indices)}
    yield {**nhwc, "grad_output": in_nhwc(np.zeros((2, 8, 8, 8), dtype))}, {"kernel_size": 2}
    yield {"input": x, "indices": indices}, {"kernel_size": 2}
    odd = {"input": np.zeros((2, 8, 15, 15), dtype), "indices": first_places(5, 3)}
    yield odd, {"kernel_size": 3}


MAX_POOL2D = Operator("max_pool2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, *geometry: Any) -> Plan:
    problem = create(op, "input.shape", input, *geometry)
    images, outputs = problem.input_size, problem.output_size
    size = outputs[-len(input) :]
    return Plan(
        problem,
        [Output(size, nhwc=("input",)), Output(size, np.int64, nhwc=("input",))],
        views={"input": images, "out": outputs, "indices": outputs},
    )


@MAX_POOL2D.direction(_forward)
def forward(
    input: Array,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    indices: Array | None = None,
) -> tuple[Array, Array]:
    """Return (output, indices) of `torch.nn.functional.max_pool2d(..., return_indices=True)`.

    `input` is (n, c, h, w) or (c, h, w), of a floating dtype, with any strides. The output has its
    dtype and, like the int64 indices, shape ([n,] c, p, q); an index counts elements of the h * w
    plane. `out` and `indices`, when given, are written through their strides.
    Where dilation steps over the whole image a window has no tap: as in PyTorch its output is
    -inf, and its index points at no tap of its own.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    geometry = kernel_size, stride, padding, dilation, ceil_mode
    return MAX_POOL2D.run("forward", algorithm, (out, indices), input, *geometry)


def _input_gradient(op: str, grad_output: Size, indices: Size, input: Size, *geometry: Any) -> Plan:
    problem = create(op, "input_size", input, *geometry)
    images, outputs = problem.input_size, problem.output_size
    size = outputs[-len(input) :]
    return Plan(
        problem,
        [Output(input, nhwc=("grad_output",))],
        sizes={"grad_output": size, "indices": size},
        integers={"indices": (np.int64,)},
        views={"grad_output": outputs, "indices": outputs, "out": images},
    )


@MAX_POOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    indices: Array,
    input_size: Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    dilation: int | Sequence[int] = 1,
    ceil_mode: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    `grad_output` ([n,] c, p, q) is of a floating dtype; `indices`, int64 of the same shape, come
    from `forward` with the same arguments. An index that is no tap of its own window gets nothing.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    geometry = kernel_size, stride, padding, dilation, ceil_mode
    arrays = grad_output, indices, input_size
    return MAX_POOL2D.run("input_gradient", algorithm, out, *arrays, *geometry)
