"""Power-average pooling: the norm of each window, e being the norm's type.

    t[n, c, p, q] = sum over the taps (h, w) of window (p, q) of x[n, c, h, w]^e * (r s / taps)
    y[n, c, p, q] = t[n, c, p, q]^(1 / e)

taps: those inside the image, fewer than r s only at ceil_mode's border. PyTorch's t is an average
times r s. Negative elements keep their sign in the sum of odd powers, and a negative sum has no
root but where 1 / e is an integer.

Threads: one per output (forward), one per window and then one per input element (input gradient);
the last axis runs fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond
PyTorch's own. With an e of infinity y is the largest |x| of a window, with -infinity the smallest:
max_pool2d of |x| and of -|x|, by their kernels.
"""

from collections.abc import Iterator, Sequence
from math import copysign, isinf
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace, workspace
from crosscheck.kernels.elementwise import abs_, mul
from crosscheck.kernels.elementwise.pow_ import power, power_gradient
from crosscheck.kernels.elementwise.unary import number
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling import max_pool2d
from crosscheck.kernels.pooling.geometry import pixels, windows
from crosscheck.kernels.pooling.problem import Problem as Windows
from crosscheck.kernels.pooling.problem import create
from crosscheck.kernels.unravel import extents, unravel


@device_function
def below_root(x, n, c, p, q, window, stride, exponent):
    """Return (t, r s / taps) of window (p, q)."""
    H, W = extents(x)[2:]
    h_begin, h_end = pixels(p, window[0], stride[0], index(0), H)
    w_begin, w_end = pixels(q, window[1], stride[1], index(0), W)
    total = real(0)
    for h in range(h_begin, h_end):
        for w in range(w_begin, w_end):
            total += power(x[n, c, h, w], exponent)
    taps = (h_end - h_begin) * (w_end - w_begin)
    scale = real(window[0] * window[1]) / real(taps)
    return total * scale, scale


@kernel
def forward_kernel(x, y, window, stride, exponent, root):
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        t, _ = below_root(x, n, c, p, q, window, stride, exponent)
        y[n, c, p, q] = power(t, root)


# Every element of a window has the same slope but for its own power's derivative:
#     dy/dx[h, w] = (1 / e) t^(1 / e - 1) (r s / taps) * e x[h, w]^(e - 1)
# The first three factors, times dy, are the window's; they are computed once, from the elements, as
# a root that was rounded does not give t back. PyTorch has t = 0 pass no gradient, and multiplies
# that of NaN by its sign, which is 0.
@kernel
def slope_kernel(dy, x, slopes, window, stride, exponent, root):
    N, C, P, Q = extents(slopes)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        t, scale = below_root(x, n, c, p, q, window, stride, exponent)
        slope = power_gradient(dy[n, c, p, q], t, root) * scale
        if t == real(0):
            slope = real(0)
        elif t != t:
            slope *= real(0)
        slopes[n, c, p, q] = slope


# dx[h, w] = e x[h, w]^(e - 1) * the sum of the slopes of the windows around (h, w). Each thread
# gathers that sum for its own input element, windows in ascending order: the same bits every run.
@kernel
def input_gradient_kernel(slopes, x, dx, window, stride, exponent):
    N, C, H, W = extents(dx)
    P, Q = extents(slopes)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        p_begin, p_end = windows(h, window[0], stride[0], index(0), P)
        q_begin, q_end = windows(w, window[1], stride[1], index(0), Q)
        total = real(0)
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                total += slopes[n, c, p, q]
        dx[n, c, h, w] = power_gradient(total, x[n, c, h, w], exponent)


class Problem(NamedTuple):
    """Windows, and the type of the norm of each."""

    windows: Windows
    exponent: float


def _forward_direct(problem: Problem, x: Array, y: Array) -> None:
    windows, exponent = problem
    if isinf(exponent):
        sign, largest, _ = _extremes(problem, x)
        mul.forward(largest, sign, out=y)
    else:
        arguments = windows.window, windows.stride, exponent, 1.0 / exponent
        forward_kernel.forall(y.size)(x, y, *arguments)


def _input_gradient_direct(problem: Problem, dy: Array, x: Array, dx: Array) -> None:
    windows, exponent = problem
    if isinf(exponent):
        sign, _, indices = _extremes(problem, x)
        given = mul.forward(dy, sign), indices, windows.input_size
        winning = max_pool2d.input_gradient(*given, *_how(windows))
        abs_.input_gradient(mul.forward(winning, sign), x, out=dx)
    else:
        slopes = workspace(dy.shape, dy)
        arguments = windows.window, windows.stride, exponent
        slope_kernel.forall(slopes.size)(dy, x, slopes, *arguments, 1.0 / exponent)
        input_gradient_kernel.forall(dx.size)(slopes, x, dx, *arguments)


def _extremes(problem: Problem, x: Array) -> tuple[Array, Array, Array]:
    """Return the sign of the norm's type, the largest sign * |x| of every window, and its index."""
    sign = namespace(x).full((), copysign(1.0, problem.exponent), x.dtype)
    sizes = mul.forward(abs_.forward(x), sign)
    return sign, *max_pool2d.forward(sizes, *_how(problem.windows))


def _how(windows: Windows) -> tuple[Any, ...]:
    """Return the windows as `max_pool2d` takes them."""
    return windows.window, windows.stride, windows.padding, windows.dilation, windows.ceil_mode


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x, dy = np.zeros((2, 8, 16, 16), dtype), np.zeros((2, 8, 8, 8), dtype)
    yield {"input": x, "grad_output": dy}, {"norm_type": 2.5, "kernel_size": 2}


LP_POOL2D = Operator("lp_pool2d", ALGORITHMS, _examples)


def _problem(
    op: str,
    name: str,
    input: Size,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None,
    ceil_mode: bool,
) -> Problem:
    exponent = number(op, "norm_type", norm_type)
    if exponent == 0:
        reject(op, "norm_type", norm_type, "a number other than 0")
    return Problem(create(op, name, input, kernel_size, stride, 0, 1, ceil_mode), exponent)


def _forward(op: str, input: Size, *how: Any) -> Plan:
    problem = _problem(op, "input.shape", input, *how)
    images, outputs = problem.windows.input_size, problem.windows.output_size
    views = {"input": images, "out": outputs}
    return Plan(problem, [Output(outputs[-len(input) :], nhwc=("input",))], views=views)


@LP_POOL2D.direction(_forward)
def forward(
    input: Array,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.nn.functional.lp_pool2d` of the input.

    `input` is (n, c, h, w) or (c, h, w), of a floating dtype, with any strides; the output has its
    dtype and shape ([n,] c, p, q). `norm_type` is any number but 0, infinite ones included. `out`,
    when given, is written through its strides.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    how = norm_type, kernel_size, stride, ceil_mode
    return LP_POOL2D.run("forward", algorithm, out, input, *how)


def _input_gradient(op: str, grad_output: Size, input: Size, *how: Any) -> Plan:
    problem = _problem(op, "input.shape", input, *how)
    images, outputs = problem.windows.input_size, problem.windows.output_size
    return Plan(
        problem,
        [Output(input, nhwc=("input",))],
        sizes={"grad_output": outputs[-len(input) :]},
        views={"grad_output": outputs, "input": images, "out": images},
    )


@LP_POOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    norm_type: float,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    ceil_mode: bool = False,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input.

    `grad_output` ([n,] c, p, q) has the input's dtype, with any strides. Raises like `forward`.
    """
    how = norm_type, kernel_size, stride, ceil_mode
    return LP_POOL2D.run("input_gradient", algorithm, out, grad_output, input, *how)
