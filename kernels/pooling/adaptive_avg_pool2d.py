"""Adaptive average pooling: as many windows as are asked for, spread evenly over the input.

    y[n, c, p, q] = mean of x[n, c, h, w] over the rows h from floor(p * H / P) to
                    ceil((p + 1) * H / P), the last not included, and over columns w likewise

Threads: one per output (forward), one per input element (input gradient); the last axis runs
fastest. Layout: (n, c, h, w) with any strides. Constraints: none beyond PyTorch's own.
`vectorized` has the mean of a whole plane (see `global_avg`), and a gradient that divides outside
its loops (see `gather`).
Windows differ in size by up to two rows, overlap where P does not divide H, and repeat where P > H.
"""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from crosscheck.kernels import vectorized
from crosscheck.kernels.arguments import rank
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.launch import cuda, device_function, index, kernel, real
from crosscheck.kernels.memory_format import in_nhwc
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling import gather, global_avg
from crosscheck.kernels.pooling.problem import nonempty_images, nonempty_planes
from crosscheck.kernels.pooling.shares import index_for, share, window_counts
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import batch

MEAN = (1, 1)  # output size that PyTorch takes for a mean over the image, which may be empty


@kernel
def forward_kernel(x, y):
    H, W = extents(x)[2:]
    N, C, P, Q = extents(y)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        h_begin, h_end = share(p, P, H)
        w_begin, w_end = share(q, Q, W)
        total = real(0)
        for h in range(h_begin, h_end):
            for w in range(w_begin, w_end):
                total += x[n, c, h, w]
        y[n, c, p, q] = total / real((h_end - h_begin) * (w_end - w_begin))


# Every element of a window has weight 1 / size in its output:
#     dx[n, c, h, w] = sum of dy[n, c, p, q] / size(p, q) over the windows (p, q) around (h, w)
# Row h is in window p when floor(p * H / P) <= h < ceil((p + 1) * H / P), that is, when
# floor(h * P / H) <= p < ceil((h + 1) * P / H): the rule of the windows, with H and P exchanged.
# Each thread gathers that sum for its own input element, windows in ascending order: nothing is
# written twice, so no atomics and the same bits every run.
@kernel
def input_gradient_kernel(dy, dx):
    N, C, H, W = extents(dx)
    P, Q = extents(dy)[2:]
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        p_begin, p_end = share(h, H, P)
        q_begin, q_end = share(w, W, Q)
        total = real(0)
        for p in range(p_begin, p_end):
            h_begin, h_end = share(p, P, H)
            for q in range(q_begin, q_end):
                w_begin, w_end = share(q, Q, W)
                size = (h_end - h_begin) * (w_end - w_begin)
                total += dy[n, c, p, q] / real(size)
        dx[n, c, h, w] = total


def _forward_direct(sizes: Any, x: Array, y: Array) -> None:
    with index_for(x, y):
        forward_kernel.forall(y.size)(x, y)


def _input_gradient_direct(sizes: Any, dy: Array, dx: Array) -> None:
    with index_for(dx, dy):
        input_gradient_kernel.forall(dx.size)(dy, dx)


def _forward_rows(sizes: Any, x: Array, y: Array) -> bool:
    return global_avg.forward(x, y)


def _input_gradient_rows(sizes: Any, dy: Array, dx: Array) -> bool:
    with index_for(dx, dy):
        return gather.gradient(AVERAGE, (), dy, dx)


@device_function
def around(h, w, image, windows, how):
    p_begin, p_end = share(h, image[0], windows[0])
    q_begin, q_end = share(w, image[1], windows[1])
    return p_begin, p_end, q_begin, q_end


@device_function
def size(p, q, image, windows, how):
    h_begin, h_end = share(p, windows[0], image[0])
    w_begin, w_end = share(q, windows[1], image[1])
    return real((h_end - h_begin) * (w_end - w_begin))


AVERAGE = gather.Average("adaptive_avg_pool2d", around, size)


def _not_global(sizes: tuple[Size, Size]) -> str:
    """Return why the output is not one mean of each plane, "" where it is."""
    p, q = sizes[1][-2:]
    return "" if (p, q) == MEAN else f"output_size is {(p, q)}; expected {MEAN}"


ALGORITHMS = {
    "forward": vectorized.table(_forward_rows, _forward_direct, _not_global),
    "input_gradient": vectorized.table(_input_gradient_rows, _input_gradient_direct),
}


def _examples(dtype: type) -> Iterator[Example]:
    x = np.zeros((2, 8, 16, 16), dtype)
    yield {"input": x}, {"output_size": 8}
    yield {"input": x}, {"output_size": 1}
    yield {"input": in_nhwc(x)}, {"output_size": 1}
    odd = np.zeros((2, 33, 7, 7), dtype)
    yield {"input": odd}, {"output_size": 1}
    yield {"input": in_nhwc(odd)}, {"output_size": 1}


ADAPTIVE_AVG_POOL2D = Operator("adaptive_avg_pool2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, output_size: Any) -> Plan:
    rank(op, "input.shape", input, (3, 4))
    size = (*input[:-2], *window_counts(op, output_size, input[-2:]))
    if size[-2:] != MEAN:
        nonempty_planes(op, "input.shape", input)
    views = {"input": batch(input), "out": batch(size)}
    return Plan((input, size), [Output(size, nhwc=("input",))], views=views)


@ADAPTIVE_AVG_POOL2D.direction(_forward)
def forward(
    input: Array,
    output_size: int | Sequence[int | None],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return `torch.nn.functional.adaptive_avg_pool2d` of the input.

    `input` is (n, c, h, w) or (c, h, w), of a floating dtype, with any strides; the output has its
    dtype and shape ([n,] c, p, q). `output_size` is q = p or a pair (p, q), in which None stands
    for the input's own extent. `out`, when given, is written through its strides.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return ADAPTIVE_AVG_POOL2D.run("forward", algorithm, out, input, output_size)


def _input_gradient(op: str, grad_output: Size, input: Size) -> Plan:
    rank(op, "input_size", input, (3, 4))
    rank(op, "grad_output.shape", grad_output, (len(input),))
    if tuple(grad_output[-2:]) != MEAN:
        nonempty_planes(op, "input_size", input)
        nonempty_images(op, "grad_output.shape", grad_output)
    return Plan(
        (input, grad_output),
        [Output(input, nhwc=("grad_output",))],
        sizes={"grad_output": (*input[:-2], *grad_output[-2:])},
        views={"grad_output": batch(grad_output), "out": batch(input)},
    )


@ADAPTIVE_AVG_POOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`.

    `grad_output` ([n,] c, p, q) is of a floating dtype, with any strides; its shape says what
    output_size was. Only its first axis may be empty.
    Raises ValueError or TypeError, before anything is launched, for what PyTorch rejects.
    """
    return ADAPTIVE_AVG_POOL2D.run("input_gradient", algorithm, out, grad_output, input_size)
