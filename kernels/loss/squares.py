"""Squares of differences, one by one or added up: the kernels of mse_loss.

    none   y[i] = w[i] * (x[i] - t[i])^2
    sum    the sum of all y[i]
    mean   that sum divided by the number of elements or, with weights, by the sum of the weights

"direct" is one thread per element. "tree" is many blocks, each of which adds up its elements (as
thread t the elements t, t + all threads, ...) by a tree in shared memory, and one block that adds
up theirs: the same order in every run, no atomics. Any shape and strides; elements are paired in
the memory order of the output, see kernels.activation.flat.
"""

from dataclasses import dataclass

from crosscheck.kernels import arrays
from crosscheck.kernels.activation.flat import Flat
from crosscheck.kernels.arrays import Array
from crosscheck.kernels.block_reduce import THREADS, block_sum
from crosscheck.kernels.launch import cuda, index, kernel, real
from crosscheck.kernels.loss.reduction import sum_into

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
    t, block = index(cuda.threadIdx.x), index(cuda.blockIdx.x)
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


def forward_direct(problem: Problem, x: Array, target: Array, w: Array | None, y: Array) -> None:
    flat = Flat(y)
    weights = flat.view(w) if problem.weighted else _none(x)
    square_kernel.forall(y.size)(flat.view(x), flat.view(target), weights, flat.row)
    flat.finish()


def forward_tree(problem: Problem, x: Array, target: Array, w: Array | None, y: Array) -> None:
    flat = Flat(x)
    sums, weights = _partial(problem, flat, x, target, w)
    if problem.reduction == "sum":
        sum_into(sums, _none(x), 1.0, y.reshape(1))
    elif problem.weighted:
        sum_into(sums, _total(weights), 1.0, y.reshape(1))
    else:
        sum_into(sums, _none(x), float(problem.count), y.reshape(1))


def gradient_direct(
    problem: Problem, dy: Array, x: Array, target: Array, w: Array | None, dx: Array
) -> None:
    flat = Flat(dx)
    each = problem.reduction == "none"
    by, divisor = _none(x), 1.0
    if problem.reduction == "mean":
        if problem.weighted:
            by = _total(_partial(problem, flat, x, target, w)[1])
        else:
            divisor = float(problem.count)
    dy = flat.view(dy) if each else dy.reshape(1)
    weights = flat.view(w) if problem.weighted else _none(x)
    launch = gradient_kernel.forall(dx.size)
    launch(dy, flat.view(x), flat.view(target), weights, by, divisor, each, flat.row)
    flat.finish()


def _partial(
    problem: Problem, flat: Flat, x: Array, target: Array, w: Array | None
) -> tuple[Array, Array]:
    blocks = max(1, min(BLOCKS, -(-problem.count // (THREADS * TERMS))))
    sums, weights = (arrays.empty((blocks,), x.dtype, x) for _ in range(2))
    own = flat.view(w) if problem.weighted else _none(x)
    partial_kernel[blocks, THREADS](flat.view(x), flat.view(target), own, sums, weights)
    return sums, weights


def _total(terms: Array) -> Array:
    total = arrays.empty((1,), terms.dtype, terms)
    sum_into(terms, _none(terms), 1.0, total)
    return total


def _none(like: Array) -> Array:
    return arrays.empty((0,), like.dtype, like)  # kernels take no None
