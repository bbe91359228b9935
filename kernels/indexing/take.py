"""Elements of an array by their numbers in row-major order: y[i] = x[index[i]].

Threads: one per output (forward); one per input element (gradient), which adds the gradients of all
outputs that took it, in ascending order: two runs give the same bits, without atomics. To find
them, the array library sorts the numbers (stably), and the thread searches its own among them by
halves. Layout: rows of any stride. Constraints: numbers from -n to n - 1 for n elements. Others are
refused: on a GPU later (`kernels.in_range`), where they give NaN until then.
"""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from math import prod

import numpy as np

from crosscheck.kernels import in_range
from crosscheck.kernels.algorithm import Algorithm, table
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.arrays import Array, namespace
from crosscheck.kernels.launch import cuda, kernel, real
from crosscheck.kernels.launch import index as number
from crosscheck.kernels.operator import Example, Operator
from crosscheck.kernels.plan import Output, Plan, Size


@kernel
def forward_kernel(x, at, y):
    """x (n), at and y (i); at counts from the end where it is below 0."""
    i = number(cuda.grid(1))
    if i < number(y.size):
        j = at[i] + x.shape[0] if at[i] < 0 else at[i]
        y[i] = x[number(j)] if 0 <= j < x.shape[0] else real(math.nan)


# Every output is a copy of one element: dx[j] is the sum of dy[i] over all i with index[i] = j.
# These i lie side by side in `order`, where `taken`, index sorted, is j.
@kernel
def input_gradient_kernel(dy, taken, order, dx):
    """dy, taken and order (i), dx (n)."""
    j = number(cuda.grid(1))
    if j < number(dx.size):
        first, last = number(0), number(taken.size)
        while first < last:  # what is below j lies before `first`, what is not from `last` on
            middle = (first + last) // 2
            if number(taken[middle]) < j:
                first = middle + 1
            else:
                last = middle
        total = real(0)
        while first < number(taken.size) and number(taken[first]) == j:
            total += dy[number(order[first])]
            first += 1
        dx[j] = total


def _forward_direct(count: int, x: Array, at: Array, y: Array) -> None:
    forward_kernel.forall(y.size)(x, at, y)


def _input_gradient_direct(count: int, dy: Array, at: Array, dx: Array) -> None:
    at = namespace(at).where(at < 0, at + count, at)
    order = namespace(at).argsort(at, kind="stable")
    input_gradient_kernel.forall(dx.size)(dy, at[order], order, dx)


ALGORITHMS = {
    "forward": table(Algorithm("direct", _forward_direct)),
    "input_gradient": table(Algorithm("direct", _input_gradient_direct)),
}


def _examples(dtype: type) -> Iterator[Example]:
    yield {"input": np.zeros((64, 64), dtype), "index": np.zeros(256, np.int64)}, {}


TAKE = Operator("take", ALGORITHMS, _examples)


def _forward(op: str, input: Size, index: Size) -> Plan:
    return _plan(op, input, index, [Output(index)], {"input": (prod(input),), "out": _row(index)})


@TAKE.direction(_forward)
def forward(
    input: Array, index: Array, *, algorithm: str | None = None, out: Array | None = None
) -> Array:
    """Return `torch.take`: the elements of a floating array with these numbers.

    `index` is int64 of any shape, which is the output's. Raises IndexError for a number out of
    range (on a GPU later, see `kernels.deferred`), ValueError or TypeError.
    """
    return TAKE.run("forward", algorithm, out, input, index)


def _input_gradient(op: str, grad_output: Size, index: Size, input: Size) -> Plan:
    views = {"grad_output": _row(index), "out": (prod(input),)}
    plan = _plan(op, input, index, [Output(input)], views)
    return plan._replace(sizes={"grad_output": index})


@TAKE.direction(_input_gradient)
def input_gradient(
    grad_output: Array,
    index: Array,
    input_size: Sequence[int],
    *,
    algorithm: str | None = None,
    out: Array | None = None,
) -> Array:
    """Return the gradient with respect to the input, of shape `input_size`. Raises like
    `forward`.
    """
    return TAKE.run("input_gradient", algorithm, out, grad_output, index, input_size)


def _row(size: Size) -> tuple[int]:
    return (prod(size),)


def _plan(op: str, input: Size, index: Size, outputs: list[Output], views: dict) -> Plan:
    count = prod(input)
    if count == 0 and prod(index) != 0:
        reject(op, "index.shape", tuple(index), "no element: the input has none", IndexError)
    return Plan(
        count,
        outputs,
        integers={"index": (np.int64,)},
        views={"index": _row(index), **views},
        checks={"index": partial(_check, op, count)},
    )


def _check(op: str, count: int, values: Array) -> None:
    in_range.check(op, "index", values, count - 1, 0, "elements", from_end=True)
