"""Average pooling: the mean of each window.

    y[n, c, p, q] = sum over the taps (h, w) of window (p, q) of x[n, c, h, w] / divisor(p, q)

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
`vectorized` (see `avg_vectorized`) takes images in channels_last by quads of channels, and divides
once a window in the gradient, not once for each of its pixels; `separable` (see `avg_separable`)
takes large or overlapping windows in other images.
The divisor is `divisor_override`, or the number of pixels that count: see `divisor`.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels import vectorized
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling import avg_separable, avg_vectorized
from crosscheck.kernels.pooling.divisor import Counted, counted, divisor
from crosscheck.kernels.pooling.geometry import pixels, windows
from crosscheck.kernels.pooling.problem import Problem as Windows
from crosscheck.kernels.pooling.problem import create
from crosscheck.kernels.unravel import extents, unravel


@kernel
def forward_kernel(x, y, window, stride, padding, counted, sign):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        h_begin, h_end = pixels(p, window[0], stride[0], padding[0], H)
        w_begin, w_end = pixels(q, window[1], stride[1], padding[1], W)
        total = real(0)
        for h in range(h_begin, h_end):
            for w in range(w_begin, w_end):
                total += x[n, c, h, w]
        y[n, c, p, q] = total / divisor(p, q, window, stride, counted, sign)


# Every element of a window has weight 1 / divisor in its output:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] / divisor(p, q) over the windows (p, q) around (h, w)
# Each thread gathers that sum for its own input element, windows in ascending order: nothing is
# written twice, so no atomics and the same bits every run.
@kernel
def input_gradient_kernel(dy, dx, window, stride, padding, counted, sign):
    N, C, H, W = extents(dx)
    P, Q = extents(dy)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        p_begin, p_end = windows(h, window[0], stride[0], padding[0], P)
        q_begin, q_end = windows(w, window[1], stride[1], padding[1], Q)
        total = real(0)
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                total += dy[n, c, p, q] / divisor(p, q, window, stride, counted, sign)
        dx[n, c, h, w] = total


class Problem(NamedTuple):
    """Windows, and what each sum over one is divided by."""

    windows: Windows
    counted: Counted
    sign: float

    @property
    def arguments(self) -> tuple:
        """What the kernels take of them."""
        windows, counted, sign = self
        return windows.window, windows.stride, windows.padding, counted, sign


def _forward_direct(problem: Problem, x: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, y, *problem.arguments)


def _input_gradient_direct(problem: Problem, dy: Array, dx: Array) -> None:
    input_gradient_kernel.forall(dx.size)(dy, dx, *problem.arguments)


def _forward_rows(problem: Problem, x: Array, y: Array) -> bool:
    return avg_vectorized.forward(problem.windows, problem.arguments, x, y)


def _input_gradient_rows(problem: Problem, dy: Array, dx: Array) -> bool:
    return avg_vectorized.input_gradient(problem.arguments, dy, dx)


def _forward_separable(problem: Problem, x: Array, y: Array) -> None:
    if not avg_separable.run(problem.windows, problem.arguments, x, y):
        _FORWARD["vectorized"].run(problem, x, y)


def _input_gradient_separable(problem: Problem, dy: Array, dx: Array) -> None:
    if not avg_separable.run(problem.windows, problem.arguments, dy, dx, gradient=True):
        _INPUT_GRADIENT["vectorized"].run(problem, dy, dx)


_FORWARD = vectorized.table(_forward_rows, _forward_direct)
_INPUT_GRADIENT = vectorized.table(_input_gradient_rows, _input_gradient_direct)
_SEPARABLE = Algorithm(
    "separable", _forward_separable, avg_separable.unsupported, avg_separable.prefers
)
_SEPARABLE_GRADIENT = Algorithm(
    "separable",
    _input_gradient_separable,
    avg_separable.gradient_unsupported,
    avg_separable.gradient_prefers,
)

ALGORITHMS = {
    "forward": table(_SEPARABLE, *_FORWARD.values()),
    "input_gradient": table(_SEPARABLE_GRADIENT, *_INPUT_GRADIENT.values()),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, dy = np.zeros((2, 8, 16, 16), dtype), np.zeros((2, 8, 8, 8), dtype)
    yield {"input": in_nhwc(x), "grad_output": in_nhwc(dy)}, {"kernel_size": 2}
    yield {"input": x}, {"kernel_size": 2}
    odd = {"input": np.zeros((2, 8, 15, 15), dtype), "grad_output": np.zeros((2, 8, 5, 5), dtype)}
    yield odd, {"kernel_size": 3}


AVG_POOL2D = Operator("avg_pool2d", ALGORITHMS, _examples)


def _problem(
    op: str,
    name: str,
    input: Size,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    padding: int | Sequence[int],
    ceil_mode: bool,
    count_include_pad: bool,
    divisor_override: int | None,
) -> Problem:
    windows = create(op, name, input, kernel_size, stride, padding, 1, ceil_mode)
    return Problem(windows, *counted(op, windows, count_include_pad, divisor_override))


def _forward(op: str, input: Size, *how: Any) -> Plan:
    problem = _problem(op, "input.shape", input, *how)
    images, outputs = problem.windows.input_size, problem.windows.output_size
    views = {"input": images, "out": outputs}
    return Plan(problem, [Output(outputs[-len(input) :], nhwc=("input",))], views=views)


@AVG_POOL2D.direction(_forward)
def forward(
    input: Array,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.nn.functional.avg_pool2d` of the input.

    `input` is (n, c, h, w) or (c, h, w), of a floating dtype, with any strides; the output has its
    dtype and shape ([n,] c, p, q). `out`, when given, is written through its strides.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    windows = kernel_size, stride, padding, ceil_mode
    how = *windows, count_include_pad, divisor_override
    return AVG_POOL2D.run("forward", algorithm, out, input, *how)


def _input_gradient(op: str, grad_output: Size, input: Size, *how: Any) -> Plan:
    problem = _problem(op, "input_size", input, *how)
    images, outputs = problem.windows.input_size, problem.windows.output_size
    return Plan(
        problem,
        [Output(input, nhwc=("grad_output",))],
        sizes={"grad_output": outputs[-len(input) :]},
        views={"grad_output": outputs, "out": images},
    )


@AVG_POOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    ceil_mode: bool = False,
    count_include_pad: bool = True,
    divisor_override: int | None = None,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    `grad_output` ([n,] c, p, q) is of a floating dtype, with any strides.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    windows = kernel_size, stride, padding, ceil_mode
    how = *windows, count_include_pad, divisor_override
    return AVG_POOL2D.run("input_gradient", algorithm, out, grad_output, input_size, *how)
