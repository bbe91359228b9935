"""Squares of differences, one by one or added up: the kernels of mse_loss.

    none   y[i] = w[i] * (x[i] - t[i])^2
    sum    the sum of all y[i]
    mean   that sum divided by the number of elements or, with weights, by the sum of the weights

"direct" is one thread per element. "tree" is many blocks, each of which adds up its elements (as
thread t the elements t, t + all threads, ...) by a tree in shared memory, and one block that adds
up theirs: the same order in every run, no atomics. Any shape and strides: single elements follow
the memory order of the output, sums that of the input in every direction, so that wherever results
go, all three directions divide by the same total of weights. See kernels.views.
"""

from dataclasses import dataclass

from crosscheck.kernels.arrays import Array, empty
from crosscheck.kernels.block_reduce import THREADS, block_and_thread, block_sum
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.views import Views

BLOCKS = 256  # more would only give the last block more to add up
TERMS = 8  # of one thread, at least, before there is another block


@dataclass(frozen=True)
class Problem:
    """`count` elements; `weighted` with weights of their own."""

    reduction: str
    count: int
    weighted: bool


@kernel
def square_kernel(x, target, w, y):
    """x, target, y (i), w (i) or (0)."""
    i = index(cuda.grid(1))
    if i < index(y.shape[0]):
        difference = x[i] - target[i]
        square = difference * difference
        y[i] = w[i] * square if w.shape[0] != 0 else square


@kernel
def partial_kernel(x, target, w, sums, weights):
    """x, target (i), w (i) or (0); sums and weights (blocks): what each block added up."""
    scratch = cuda.shared.array(THREADS, real)
    block, t = block_and_thread()
    step = index(cuda.gridDim.x) * THREADS
    acc, weight = real(0), real(0)
    for i in range(block * THREADS + t, index(x.shape[0]), step):
        difference = x[i] - target[i]
        if w.shape[0] != 0:
            acc += w[i] * (difference * difference)
            weight += w[i]
        else:
            acc += difference * difference
    acc = block_sum(scratch, t, acc)
    weight = block_sum(scratch, t, weight)
    if t == 0:
        sums[block] = acc
        weights[block] = weight


# d (x - t)^2 / d x = 2 (x - t); the sum hands dy to every element, the mean dy / divisor. For the
# target the sign turns: that is the same gradient with input and target exchanged.
@kernel
def gradient_kernel(dy, x, target, w, by, divisor, each, dx):
    """x, target, dx (i), w (i) or (0), dy (i) where `each`, else (1).

    The divisor is by[0], or `divisor` where by is (0).
    """
    i = index(cuda.grid(1))
    if i < index(dx.shape[0]):
        scale = dy[i if each else index(0)] / (by[0] if by.shape[0] != 0 else divisor)
        slope = scale * (x[i] - target[i])
        slope = slope + slope  # doubled last: 2 dy may overflow where the gradient does not
        dx[i] = w[i] * slope if w.shape[0] != 0 else slope


def forward_direct(problem: Problem, x: Array, target: Array, w: Array, y: Array) -> None:
    views = _rows(problem, y, x, target, w)
    square_kernel.forall(y.size)(*views.inputs, views.out)
    views.finish()


def forward_tree(problem: Problem, x: Array, target: Array, w: Array, y: Array) -> None:
    sums, weights = _partial(problem, x, x, target, w)
    if problem.reduction == "sum":
        sum_into(sums, _none(x), 1.0, y.reshape(1))
    elif problem.weighted:
        sum_into(sums, _total(weights), 1.0, y.reshape(1))
    else:
        sum_into(sums, _none(x), float(problem.count), y.reshape(1))


def input_gradient_direct(
    problem: Problem, dy: Array, x: Array, target: Array, w: Array, dx: Array
) -> None:
    _gradient(problem, dy, x, target, w, dx, order=x)


def target_gradient_direct(
    problem: Problem, dy: Array, x: Array, target: Array, w: Array, dt: Array
) -> None:
    _gradient(problem, dy, target, x, w, dt, order=x)


def _gradient(
    problem: Problem, dy: Array, x: Array, target: Array, w: Array, dx: Array, order: Array
) -> None:
    by, divisor = _none(x), 1.0
    if problem.reduction == "mean" and problem.weighted:
        by = _total(_partial(problem, order, x, target, w)[1])
    elif problem.reduction == "mean":
        divisor = float(problem.count)
    each = problem.reduction == "none"
    views = _rows(problem, dx, x, target, w, *([dy] if each else []))
    x, target, w, *of_each = views.inputs
    dy = of_each[0] if each else dy.reshape(1)
    gradient_kernel.forall(dx.size)(dy, x, target, w, by, divisor, each, views.out)
    views.finish()


def _rows(problem: Problem, order: Array, x: Array, target: Array, w: Array, *more: Array) -> Views:
    """Return all arrays as rows in the memory order of `order`; w stays (0) without weights."""
    if problem.weighted:
        return Views.merged(order, x, target, w, *more, rank=1)
    views = Views.merged(order, x, target, *more, rank=1)
    views.inputs.insert(2, w)
    return views


def _partial(
    problem: Problem, order: Array, x: Array, target: Array, w: Array
) -> tuple[Array, Array]:
    blocks = max(1, min(BLOCKS, -(-problem.count // (THREADS * TERMS))))
    sums, weights = (empty((blocks,), x.dtype, x) for _ in range(2))
    rows = _rows(problem, order, x, target, w).inputs
    partial_kernel[blocks, THREADS](*rows, sums, weights)
    return sums, weights


def _total(terms: Array) -> Array:
    total = empty((1,), terms.dtype, terms)
    sum_into(terms, _none(terms), 1.0, total)
    return total


def _none(like: Array) -> Array:
    return empty((0,), like.dtype, like)  # kernels take no None
