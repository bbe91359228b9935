"""Local response normalisation: each element divided by what the channels around it hold.

    d[n, c, l] = k + alpha * (sum over i of x[n, i, l]^2) / size,  c - size // 2 <= i
    y[n, c, l] = x[n, c, l] / d[n, c, l]^beta                      i <= c + (size - 1) // 2

Channels that do not exist count as 0, and in `size`.

Threads: one per element; the last axis runs fastest. Layout: (n, c, ...) as (n, c, l), with any
strides. Constraints: none. A window's squares are added anew for each of its channels: `size` reads
from the cache for one from memory, and sums in one order whatever the launch.
"""

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, reject
from crosscheck.kernels.arrays import Array, workspace
from crosscheck.kernels.elementwise.pow_ import power, power_gradient
from crosscheck.kernels.elementwise.unary import number
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import around


@device_function
def neighbours(c, before, after, C):
    """Return (begin, end): channel c, `before` channels before it and `after` after it."""
    return c - min(c, before), min(c + after + 1, C)


@device_function
def denominator(x, n, c, l, before, after, scale):  # noqa: E741
    """Return d; scale: (size, alpha, k)."""
    size, alpha, k = scale
    begin, end = neighbours(c, before, after, extents(x)[1])
    total = real(0)
    for i in range(begin, end):
        total += x[n, i, l] * x[n, i, l]
    return total / size * alpha + k


@kernel
def forward_kernel(x, y, before, after, scale, beta):
    """x, y (n, c, l)."""
    N, C, L = extents(y)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        y[n, c, l] = x[n, c, l] / power(denominator(x, n, c, l, before, after, scale), beta)


# x is in its own numerator and in the denominators of the channels j in whose window it is:
#     dx[c] = dy[c] / d[c]^beta + 2 x[c] (alpha / size) * sum over j of terms[j]
#     terms[j] = -dy[j] x[j] / d[j]^(2 beta) * beta d[j]^(beta - 1)
# in PyTorch's factors: they decide what infinity times 0 is. The first kernel writes the terms and
# what x has as a numerator, the second adds up the terms, channels in ascending order.
@kernel
def terms_kernel(dy, x, terms, quotients, before, after, scale, beta):
    """dy, x, terms, quotients (n, c, l)."""
    N, C, L = extents(terms)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        d = denominator(x, n, c, l, before, after, scale)
        divisor = power(d, beta)
        quotient = -dy[n, c, l] * (x[n, c, l] / divisor / divisor)
        terms[n, c, l] = power_gradient(quotient, d, beta)
        quotients[n, c, l] = dy[n, c, l] / divisor


@kernel
def input_gradient_kernel(terms, quotients, x, dx, before, after, scale):
    """All (n, c, l); channel j has c in its window where c has j in the mirrored one."""
    N, C, L = extents(dx)
    n, c, l = unravel(index(cuda.grid(1)), C, L)  # noqa: E741
    if n < N:
        size, alpha, _ = scale
        begin, end = neighbours(c, after, before, C)
        total = real(0)
        for j in range(begin, end):
            total += terms[n, j, l]
        dx[n, c, l] = quotients[n, c, l] + real(2) * x[n, c, l] * (total * alpha / size)


class Problem(NamedTuple):
    """How many channels are in a window, and the numbers of the formula."""

    size: int
    alpha: float
    beta: float
    k: float

    def places(self, x: Array) -> tuple[int, int, tuple[float, float, float]]:
        """Return before, after and scale, as kernels take them; no window needs more than all."""
        channels, scale = x.shape[1], (float(self.size), self.alpha, self.k)
        return min(self.size // 2, channels), min((self.size - 1) // 2, channels), scale


def _forward_direct(problem: Problem, x: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, y, *problem.places(x), problem.beta)


def _input_gradient_direct(problem: Problem, dy: Array, x: Array, dx: Array) -> None:
    terms, quotients = workspace((2, *x.shape), x)
    places = problem.places(x)
    terms_kernel.forall(dx.size)(dy, x, terms, quotients, *places, problem.beta)
    input_gradient_kernel.forall(dx.size)(terms, quotients, x, dx, *places)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((2, 16, 8, 8), dtype)}, {"size": 5}


LOCAL_RESPONSE_NORM = Operator("local_response_norm", ALGORITHMS, _examples)


def _plan(op: str, input: Size, size: int, alpha: float, beta: float, k: float) -> Plan:
    if len(input) < 3:
        reject(op, "input.shape", tuple(input), "at least 3 dimensions")
    numbers = (number(op, name, each) for name, each in dict(alpha=alpha, beta=beta, k=k).items())
    view = around(tuple(input), 1)
    return Plan(
        Problem(integer(op, "size", size, 1), *numbers),
        [Output(input, like="input")],
        sizes={"grad_output": input},
        views=dict.fromkeys(("grad_output", "input", "out"), view),
    )


@LOCAL_RESPONSE_NORM.direction(_plan)
def forward(
    input: Array,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.nn.functional.local_response_norm` of the input.

    `input` is (n, c, ...) of at least 3 dimensions, of a floating dtype, with any strides; the
    output has its dtype, shape and memory order. `out`, when given, is written through its strides
    and must not be the input. Raises ValueError or TypeError, before anything is launched, for what
    PyTorch rejects.
    """
    return LOCAL_RESPONSE_NORM.run("forward", algorithm, out, input, size, alpha, beta, k)


def _input_gradient(op: str, grad_output: Size, input: Size, *how: Any) -> Plan:
    return _plan(op, input, *how)


@LOCAL_RESPONSE_NORM.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input: Array,
    size: int,
    alpha: float = 1e-4,
    beta: float = 0.75,
    k: float = 1.0,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of its shape and memory order.

    `grad_output` is that of the output, with any strides. Raises like `forward`.
    """
    how = size, alpha, beta, k
    return LOCAL_RESPONSE_NORM.run("input_gradient", algorithm, out, grad_output, input, *how)
