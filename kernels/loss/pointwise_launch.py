"""How losses of two arrays are launched, and what divides a mean.

"direct" is one thread per element. "tree" is many blocks, each of which adds up its elements (as
thread t the elements t, t + all threads, ...) by a tree in shared memory, and one block that adds
up theirs: the same order in every run, no atomics. Any shape and strides: single elements follow
the memory order of the output, sums that of the input in every direction, so that wherever results
go, all directions divide by the same total of weights. See kernels.views.
"""

from dataclasses import dataclass

from crosscheck.kernels.arrays import Array, empty, workspace
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.elementwise.unary import Numbers
from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.loss.pointwise_kernels import formula_kernels, gradient_kernel
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.views import Views

BLOCKS = 256  # more would only give the last block more to add up
TERMS = 8  # of one thread, at least, before there is another block
WEIGHTS = ("weight", "pos_weight")


@dataclass(frozen=True)
class Problem:
    """`count` elements; `given`: which of WEIGHTS there are.

    by_weights: it is a mean, and divided by the sum of the weights.
    """

    reduction: str
    count: int
    given: tuple[bool, ...]
    by_weights: bool
    numbers: Numbers


def forward_direct(formula: DeviceFunction, problem: Problem, *arrays: Array) -> None:
    *inputs, y = arrays
    views = _rows(problem, y, *inputs)
    formula_kernels(formula)[0].forall(y.size)(*views.inputs, views.out, problem.numbers)
    views.finish()


def forward_tree(formula: DeviceFunction, problem: Problem, *arrays: Array) -> None:
    *inputs, y = arrays
    sums, weights = _partial(formula, problem, *inputs)
    sum_into(sums, *_divisor(problem, weights), y.reshape(1))


def gradient_direct(
    formula: DeviceFunction,
    derivative: DeviceFunction,
    name: str,
    swapped: bool,
    problem: Problem,
    dy: Array,
    *arrays: Array,
) -> None:
    *inputs, dx = arrays
    x, t, w, p = inputs
    weights = _partial(formula, problem, *inputs)[1] if problem.by_weights else none(x)
    by, divisor = _divisor(problem, weights)
    each = problem.reduction == "none"
    pair = (t, x) if swapped else (x, t)
    views = _rows(problem, dx, *pair, w, p, *([dy] if each else []))
    *inputs, dy = views.inputs if each else (*views.inputs, dy.reshape(1))
    launch = gradient_kernel(derivative, name).forall(dx.size)
    launch(dy, *inputs, by, divisor, each, views.out, problem.numbers)
    views.finish()


def _divisor(problem: Problem, weights: Array) -> tuple[Array, float]:
    """Return what divides: by[0] or, where by is (0), the number."""
    if problem.by_weights:
        total = workspace((1,), weights)
        sum_into(weights, none(weights), 1.0, total)
        return total, 1.0
    return none(weights), float(problem.count) if problem.reduction == "mean" else 1.0


def _rows(problem: Problem, order: Array, *arrays: Array) -> Views:
    """Return arrays as rows in the memory order of `order`; weights that are absent stay (0)."""
    absent = [place for place, given in zip((2, 3), problem.given, strict=True) if not given]
    there = [each for place, each in enumerate(arrays) if place not in absent]
    views = Views.merged(order, *there, rank=1)
    for place in absent:
        views.inputs.insert(place, arrays[place])
    return views


def _partial(formula: DeviceFunction, problem: Problem, *inputs: Array) -> tuple[Array, Array]:
    x = inputs[0]
    blocks = max(1, min(BLOCKS, -(-problem.count // (THREADS * TERMS))))
    sums, weights = (workspace((blocks,), x) for _ in range(2))
    rows = _rows(problem, x, *inputs).inputs
    formula_kernels(formula)[1][blocks, THREADS](*rows, sums, weights, problem.numbers)
    return sums, weights


def none(like: Array) -> Array:
    return empty((0,), like.dtype, like)  # kernels take no None
