"""How losses of two arrays are launched, and what divides a mean.

"direct" is one thread per element. "tree" is many blocks, each of which adds up its elements (as
thread t the elements t, t + all threads, ...) by a tree in shared memory, and one block that adds
up theirs: the same order in every run, no atomics. Any shape and strides: single elements follow
the memory order of the output, sums that of the input: see kernels.views. What was broadcast gets
the sum of its elements' gradients.
"""

from dataclasses import dataclass
from math import prod

from crosscheck.kernels.arrays import Array, empty, namespace, workspace
from crosscheck.kernels.block_reduce import THREADS
from crosscheck.kernels.elementwise.unary import Numbers
from crosscheck.kernels.launch import DeviceFunction
from crosscheck.kernels.loss.pointwise_kernels import formula_kernels, gradient_kernel
from crosscheck.kernels.loss.reduction import sum_into
from crosscheck.kernels.plan import Size
from crosscheck.kernels.reduction.to_size import sum_terms, to_size
from crosscheck.kernels.views import Views

BLOCKS = 256  # more would only give the last block more to add up
TERMS = 8  # of one thread, at least, before there is another block
WEIGHTS = ("weight", "pos_weight")


@dataclass(frozen=True)
class Problem:
    """A loss of `shape`, to which all arrays broadcast.

    given       which of WEIGHTS there are
    by_weights  it is a mean, and divided by the sum of the weights
    """

    reduction: str
    shape: Size
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
    x = namespace(y).broadcast_to(inputs[0], problem.shape)
    blocks = max(1, min(BLOCKS, -(-x.size // (THREADS * TERMS))))
    sums = workspace((blocks,), x)
    rows = _rows(problem, x, *inputs).inputs
    formula_kernels(formula)[1][blocks, THREADS](*rows, sums, problem.numbers)
    sum_into(sums, *_divisor(problem, inputs[2]), y.reshape(1))


def gradient_direct(
    derivative: DeviceFunction,
    name: str,
    swapped: bool,
    composed: bool,
    problem: Problem,
    dy: Array,
    *arrays: Array,
) -> None:
    """Write a gradient; swapped: the target's is that of the input with both exchanged.

    composed: but with weights PyTorch computes the loss from x - t, so the target's gradient is
    the negative one of the input: only a 0 tells the two apart, by its sign.
    """
    *inputs, dx = arrays
    x, t, w, p = inputs
    by, divisor = _divisor(problem, w)
    if swapped and composed and w.size:
        swapped, by, divisor = False, -by, -divisor
    each = problem.reduction == "none"
    pair = (t, x) if swapped else (x, t)

    def compute(terms: Array) -> None:
        views = _rows(problem, terms, *pair, w, p, *([dy] if each else []))
        *rows, slope = views.inputs if each else (*views.inputs, dy.reshape(1))
        launch = gradient_kernel(derivative, name).forall(terms.size)
        launch(slope, *rows, by, divisor, each, views.out, problem.numbers)
        views.finish()

    sum_terms(dx, problem.shape, compute)


def _divisor(problem: Problem, w: Array) -> tuple[Array, float]:
    """Return what divides: by[0] or, where by is (0), the number."""
    if problem.by_weights:
        return to_size(w, (), out=workspace((), w)).reshape(1), 1.0
    return none(w), float(prod(problem.shape)) if problem.reduction == "mean" else 1.0


def _rows(problem: Problem, order: Array, *arrays: Array) -> Views:
    """Return arrays as rows in the memory order of `order`; weights that are absent stay (0)."""
    absent = [place for place, given in zip((2, 3), problem.given, strict=True) if not given]
    there = [each for place, each in enumerate(arrays) if place not in absent]
    views = Views.merged(order, *there, rank=1)
    for place in absent:
        views.inputs.insert(place, arrays[place])
    return views


def none(like: Array) -> Array:
    return empty((0,), like.dtype, like)  # kernels take no None
