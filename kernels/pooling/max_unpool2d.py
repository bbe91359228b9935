"""Max unpooling: every element goes back to where max_pool2d took it from, among zeros.

    y[n, c, j] = x[n, c, i] for the last i with indices[n, c, i] = j, or 0 where there is none

with i and j counting the elements of a plane. Where several windows had one winner, its element has
several writers, and the last in order is the one that stays: a plain store would leave that to the
order in which threads run.

Threads: one per input element, which claims its place by the largest number of a writer (an atomic
maximum of integers: the same in any order); then one per output, which copies from its claim.
Layout: (n, c, h, w) with any strides. Constraints: an index out of range is refused. On a GPU that
comes later (`kernels.in_range`): there it claims no place, and its gradient is NaN.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from crosscheck.kernels import in_range
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import integer, pair, rank, reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size
from crosscheck.kernels.pooling.places import first_places
from crosscheck.kernels.pooling.problem import nonempty_images
from crosscheck.kernels.unravel import extents, unravel
from crosscheck.kernels.views import batch


@kernel
def claim_kernel(indices, claims):
    """indices (n, c, p, q); claims (n, c, h * w) from 0: 1 more than the last writer's number."""
    N, C, P, Q = extents(indices)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        at = indices[n, c, p, q]
        if 0 <= at < claims.shape[2]:
            cuda.atomic.max(claims, (n, c, index(at)), claims.dtype.type(p * Q + q + 1))


@kernel
def forward_kernel(x, claims, y):
    Q = extents(x)[3]
    N, C, H, W = extents(y)
    n, c, h, w = unravel(index(cuda.grid(1)), C, H, W)
    if n < N:
        claim = index(claims[n, c, h * W + w])
        y[n, c, h, w] = x[n, c, (claim - 1) // Q, (claim - 1) % Q] if claim > 0 else real(0)


# As in PyTorch, every writer gets the gradient of its place, the overwritten ones, too:
#     dx[n, c, i] = dy[n, c, indices[n, c, i]]
@kernel
def input_gradient_kernel(dy, indices, dx):
    W = extents(dy)[3]
    N, C, P, Q = extents(dx)
    n, c, p, q = unravel(index(cuda.grid(1)), C, P, Q)
    if n < N:
        at = indices[n, c, p, q]
        slope = real(math.nan)
        if 0 <= at < dy.shape[2] * dy.shape[3]:
            place = index(at)
            slope = dy[n, c, place // W, place % W]
        dx[n, c, p, q] = slope


def _forward_direct(problem: None, x: Array, indices: Array, y: Array) -> None:
    n, c, h, w = y.shape
    claims = namespace(y).zeros((n, c, h * w), np.int64)
    claim_kernel.forall(x.size)(indices, claims)
    forward_kernel.forall(y.size)(x, claims, y)


def _input_gradient_direct(problem: None, dy: Array, indices: Array, dx: Array) -> None:
    input_gradient_kernel.forall(dx.size)(dy, indices, dx)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    arrays = {"input": np.zeros((2, 8, 8, 8), dtype), "indices": first_places(8, 2)}
    yield arrays, {"output_size": (16, 16)}


MAX_UNPOOL2D = Operator("max_unpool2d", ALGORITHMS, _examples)


def _forward(op: str, input: Size, indices: Size, output_size: Sequence[int]) -> Plan:
    rank(op, "input.shape", input, (3, 4))
    nonempty_images(op, "input.shape", input)
    if len(output_size) != 2 or any(each < 1 for each in output_size):
        reject(op, "output_size", tuple(output_size), "two integers of at least 1")
    size = (*input[:-2], *output_size)
    views = {"input": batch(input), "indices": batch(input), "out": batch(size)}
    plan = _plan(op, output_size, views)
    return plan._replace(outputs=[Output(size, nhwc=("input",))], sizes={"indices": input})


@MAX_UNPOOL2D.direction(_forward)
def forward(
    input: Array,
    indices: Array,
    output_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return images of `output_size`, (h, w), with the elements of `input` at `indices`, else 0.

    `input` is (n, c, p, q) or (c, p, q), of a floating dtype, with any strides; `indices`, int64 of
    the same shape, count the elements of an h * w plane, as max_pool2d returns them. Of several
    elements with one index the last stays.
    Raises IndexError for an index out of range (on a GPU later, see `kernels.deferred`), ValueError
    or TypeError, before anything is launched, for what else PyTorch rejects.
    """
    return MAX_UNPOOL2D.run("forward", algorithm, out, input, indices, output_size)


def _input_gradient(op: str, grad_output: Size, indices: Size) -> Plan:
    rank(op, "grad_output.shape", grad_output, (3, 4))
    rank(op, "indices.shape", indices, (len(grad_output),))
    views = {name: batch(indices) for name in ("indices", "out")}
    plan = _plan(op, grad_output[-2:], {"grad_output": batch(grad_output), **views})
    sizes = {"grad_output": (*indices[:-2], *grad_output[-2:])}
    return plan._replace(outputs=[Output(indices, nhwc=("grad_output",))], sizes=sizes)


@MAX_UNPOOL2D.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    indices: Array,
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of the shape of `indices`.

    `grad_output` is ([n,] c, h, w). Raises like `forward`.
    """
    return MAX_UNPOOL2D.run("input_gradient", algorithm, out, grad_output, indices)


def _plan(op: str, plane: Sequence[int], views: dict[str, Size]) -> Plan:
    check = partial(_check, op, plane[0] * plane[1])
    return Plan(None, integers={"indices": (np.int64,)}, views=views, checks={"indices": check})


def _check(op: str, count: int, values: Array) -> None:
    in_range.check(op, "indices", values, count - 1, 0, "elements of a plane")


def resolve(
    input: Size,
    kernel_size: int | Sequence[int],
    stride: int | Sequence[int] | None = None,
    padding: int | Sequence[int] = 0,
    output_size: Sequence[int] | None = None,
) -> tuple[int, int]:
    """Return the rows and columns that torch.nn.functional.max_unpool2d gives an input's size.

    Several images pool to one size, so `output_size`, of 2 integers or with those before them, may
    name another by less than a stride. Raises ValueError or TypeError.
    """
    op = "max_unpool2d"
    rank(op, "input.shape", input, (3, 4))
    window, pads = pair(op, "kernel_size", kernel_size, 1), pair(op, "padding", padding, 0)
    strides = window if stride is None else pair(op, "stride", stride, 1)
    axes = list(zip(input[-2:], window, strides, pads, strict=True))
    least = [(p - 1) * step + r - 2 * pad for p, r, step, pad in axes]
    if output_size is None:
        return tuple(least)
    if len(output_size) not in (2, 4):
        reject(op, "output_size", tuple(output_size), "2 integers, or 4 with the batch's")
    sizes = [integer(op, "output_size", each) for each in output_size[-2:]]
    for size, middle, step in zip(sizes, least, strides, strict=True):
        if not middle - step < size < middle + step:
            expected = f"within less than a stride, {strides}, of {tuple(least)}"
            reject(op, "output_size", tuple(output_size), expected)
    return tuple(sizes)
