"""Adaptive max pooling: the largest element of each of as many windows as are asked for.

    y[n, c, p, q] = max of x[n, c, h, w] over the rows h from floor(p * H / P) to
                    ceil((p + 1) * H / P), the last not included, and over columns w likewise

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
The windows are those of adaptive_avg_pool2d; ties and NaN are as in max_pool2d.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import rank
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling.places import first_places
from crosscheck.kernels.pooling.problem import nonempty_images
from crosscheck.kernels.pooling.shares import index_for, share, window_counts
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import batch


@kernel
def forward_kernel(x, y, indices):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        h_begin, h_end = share(p, P, H)
        w_begin, w_end = share(q, Q, W)
        best = real(-math.inf)
        best_at = h_begin * W + w_begin  # a window of -inf alone keeps its first element
        for h in range(h_begin, h_end):
            for w in range(w_begin, w_end):
                value = x[n, c, h, w]
                if value > best or value != value:
                    best = value
                    best_at = h * W + w
        y[n, c, p, q] = best
        indices[n, c, p, q] = best_at


# The output is a copy of the winner, so its derivative is 1 at the winner and 0 elsewhere:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] over the windows (p, q) whose winner is (h, w)
# The windows around row h are the rule of the windows with H and P exchanged: see
# adaptive_avg_pool2d. They are added in ascending order: the same bits every run.
@kernel
def input_gradient_kernel(dy, indices, dx):
    N, C, H, W = extents(dx)
    P, Q = extents(dy)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        p_begin, p_end = share(h, H, P)
        q_begin, q_end = share(w, W, Q)
        at = h * W + w
        total = real(0)
        for p in range(p_begin, p_end):
            for q in range(q_begin, q_end):
                if index(indices[n, c, p, q]) == at:
                    total += dy[n, c, p, q]
        dx[n, c, h, w] = total


def _forward_direct(sizes: Any, x: Array, y: Array, indices: Array) -> None:
    with index_for(x, y):
        forward_kernel.forall(y.size)(x, y, indices)


def _input_gradient_direct(sizes: Any, dy: Array, indices: Array, dx: Array) -> None:
    with index_for(dx, dy):
        input_gradient_kernel.forall(dx.size)(dy, indices, dx)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((2, 8, 16, 16), dtype)
    yield {"input": x, "indices": first_places(8, 2)}, {"output_size": 8}


ADAPTIVE_MAX_POOL2D = Operator("adaptive_max_pool2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, size: Any) -> Plan:
    rank(op, "input.shape", input, (3, 4))
    nonempty_images(op, "input.shape", input)
    outputs = (*input[:-2], *window_counts(op, size, input[-2:]))
    return Plan(
        (input, outputs),
        [Output(outputs, nhwc=("input",)), Output(outputs, np.int64, nhwc=("input",))],
        views={"input": batch(input), "out": batch(outputs), "indices": batch(outputs)},
    )


@ADAPTIVE_MAX_POOL2D.direction(_forward)
def forward(
    input: Array,
    output_size: int | Sequence[int | None],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
    indices: Array | None = None,
) -> tuple[Array, Array]:
    """Return (output, indices) of `torch.nn.functional.adaptive_max_pool2d` of the input.

    `input` is (n, c, h, w) or (c, h, w), of a floating dtype, with any strides. The output has its
    dtype and, like the int64 indices, shape ([n,] c, p, q); an index counts elements of the h * w
    plane. `output_size` is q = p or a pair (p, q), in which None stands for the input's own extent.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return ADAPTIVE_MAX_POOL2D.run("forward", algorithm, (out, indices), input, output_size)


def _input_gradient(op: str, grad_output: Size, indices: Size, input: Size) -> Plan:
    rank(op, "input_size", input, (3, 4))
    rank(op, "grad_output.shape", grad_output, (len(input),))
    nonempty_images(op, "input_size", input)
    nonempty_images(op, "grad_output.shape", grad_output)
    outputs = (*input[:-2], *grad_output[-2:])
    return Plan(
        (input, grad_output),
        [Output(input, nhwc=("grad_output",))],
        sizes={"grad_output": outputs, "indices": outputs},
        integers={"indices": (np.int64,)},
        views={name: batch(outputs) for name in ("grad_output", "indices")} | {"out": batch(input)},
    )


@ADAPTIVE_MAX_POOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    indices: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    `grad_output` ([n,] c, p, q) is of a floating dtype; `indices`, int64 of the same shape, come
    from `forward`. An index outside of its own window gets nothing.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    arrays = grad_output, indices, input_size
    return ADAPTIVE_MAX_POOL2D.run("input_gradient", algorithm, out, *arrays)
