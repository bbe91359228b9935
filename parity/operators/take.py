"""take: elements by their numbers, which rounds nothing.

Notation: see bounds.py. The gradient of an element is the sum of the output gradients of the n
outputs that took it: m = n - 1.
"""

import numpy as np

from crosscheck.kernels.indexing import take
from crosscheck.parity.case import Shape
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operator import Operator
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.shared import sums
from crosscheck.parity.shared.draws import VALUES, Drawn, extent

TAKE = "crosscheck.kernels.indexing.take"


def _fuzz(rng: np.random.Generator) -> Drawn:
    shape = tuple(extent(rng, 7) for _ in range(rng.integers(0, 4)))
    count = int(np.prod(shape))
    size = tuple(extent(rng, 9) for _ in range(rng.integers(0, 4)))
    return {"input": shape, "index": np.asarray(rng.integers(-count, count, size))}, {}


OPERATOR = Operator(
    name="take",
    torch_function="take",
    opinfo_name="take",
    nn_function="indexing.take",
    kernels=take,
    parameters=("input", "index"),
    differentiable=("input",),
    constants=("index",),
    integral=("index",),
    bounds=sums.of_copies("input_gradient"),
    intermediates=sums.partial_sums,
    integers=sums.integers_to_add,
    fuzz=_fuzz,
    fuzz_values=VALUES,
)


def _take(
    name: str,
    reason: str,
    input: Shape,
    index: object,
    layout: str = "contiguous",
    values: str = "normal",
) -> Problem:
    inputs = {"input": input, "index": np.asarray(index, np.int64)}
    return Problem("take", name, reason, inputs, {}, layout, values)


FEW = np.arange(40).reshape(5, 8) * 7 % 24
PROBLEMS = (
    _take("scalar", "one element of no dimension", (), 0),
    _take("one", "one number of a row", (6,), [4]),
    _take("several", "several times the same", (2, 3), [[1, 1, 5], [1, 0, 5]]),
    _take("from-the-end", "numbers below 0", (2, 3), [-1, -6, 5, 0]),
    _take("both-ends", "one element under both of its numbers", (4,), [1, -3, 1]),
    _take("all-one", "a long sum", (3,), np.full(1000, 2)),
    _take("ends", "the first and the last", (300,), [299, 0, -300, 299]),
    _take("none", "no number", (2, 3), np.zeros((0, 4))),
    _take("nothing", "no number of no element", (0,), np.zeros(0)),
    _take("block", "outputs around a block's size", (7,), np.arange(257) % 7),
    _take("inputs-257", "elements around a block's size", (257,), [256, 3, 256]),
    _take("nan", "NaN stays where it is", (4, 5), [[0, 7], [19, 3]], values="nan"),
    _take("zeros", "-0 stays -0", (4, 5), [[0, 7], [19, 3]], values="signed_zeros"),
    *(
        _take(layout, f"every array {layout}", (2, 3, 4), FEW, layout)
        for layout in ("strided", "reversed", "transposed")
    ),
)
SPECIAL_VALUES = ("several",)

REJECTS = (
    rejected("take", "a number too large", {"input": zeros(2, 3), "index": np.array([0, 6])}),
    rejected("take", "a number too small", {"input": zeros(2, 3), "index": np.array([-7])}),
    rejected("take", "numbers of nothing", {"input": zeros(0), "index": np.array([0])}),
    rejected("take", "fractions", {"input": zeros(3), "index": zeros(2)}),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, TAKE, right, wrong, "take", case)


FAULTS = (
    _fault(
        "a number below 0 is off by one",
        "at[i] + x.shape[0] if",
        "at[i] + x.shape[0] - 1 if",
        "from-the-end",
    ),
    _fault(
        "an element that was taken twice gets one gradient",
        "while first < number(taken.size) and",
        "if first < number(taken.size) and",
        "several",
    ),
    _fault(
        "gradients are added in the order of the numbers",
        "dy[number(order[first])]",
        "dy[first]",
        "several",
    ),
    _fault(
        "the search ends beside the first",
        "first = middle + 1",
        "first = middle + 2",
        "block",
    ),
    _fault(
        "the gradient does not know numbers below 0",
        "at = namespace(at).where(at < 0, at + count, at)\n",
        "at = namespace(at).abs(at)\n",
        "both-ends",
    ),
    _fault(
        "a number out of range is taken",
        'checks={"index": partial(_check, op, count)}',
        "checks={}",
        "rejects-a-number-too-small",
    ),
)
