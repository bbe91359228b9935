"""binary_cross_entropy: logarithms of probabilities, at least -100.

Bounds by running error analysis: see parity/shared/pointwise.py. The logarithms are of exact
numbers, and log1p keeps the digits of a small one; what cancels is x - t in one gradient, and
log(1 - x) - log(x), near x = 1/2, in the other.
"""

import numpy as np

from crosscheck.kernels.loss import binary_cross_entropy as kernels
from crosscheck.kernels.loss import pointwise as pointwise_kernels
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import pointwise, pointwise_problems, rounded
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded


def _at_least(a: Rounded, floor: float) -> Rounded:
    return rounded.select(a.value < floor, rounded.number(floor, a.dtype), a)


def _formula(x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    of_one, of_zero = _at_least(rounded.log(x), -100), _at_least(rounded.log1p(-x), -100)
    return (t - 1) * of_zero - t * of_one


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    return dy * (x - t) / _at_least((1 - x) * x, kernels.LEAST)


def _target_gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    return dy * (rounded.log1p(-x) - rounded.log(x))


def _probability(values: np.ndarray, inputs: Arrays) -> np.ndarray:
    return 1 / (1 + np.exp(-np.nan_to_num(np.clip(values, -60, 60))))


OPERATOR = pointwise.operator(
    kernels.BINARY_CROSS_ENTROPY,
    kernels,
    _formula,
    _gradient,
    _target_gradient,
    ("weight", "size_average", "reduce", "reduction"),
    divides_last=True,
    integers=no_integers,
    fill={"input": _probability, "target": _probability, "weight": pointwise.positive},
)
ENDS = np.array([0.0, 0.0, 0.0, 1.0, 1.0, 1.0, 1e-30, 0.5, 0.75])
CLASSES = np.array([0.0, 1.0, 0.25, 0.0, 1.0, 0.25, 1.0, 0.5, 0.75])
PROBLEMS = (
    *pointwise_problems.problems("binary_cross_entropy", special=False),
    *(
        Problem(
            "binary_cross_entropy",
            f"ends-{reduction}",
            "probabilities of 0 and 1, right and wrong: logarithms of 0",
            {"input": ENDS, "target": CLASSES},
            {"reduction": reduction},
        )
        for reduction in ("none", "mean")
    ),
    pointwise_problems.problem(
        "binary_cross_entropy", "weight-row", "a weight for each column", (4, 3), {"weight": (3,)}
    ),
)
SPECIAL_VALUES = ("weighted-none", "weighted-mean")
SPECIAL_KINDS = dict.fromkeys(("input", "target"), ("-0", "subnormal"))  # numbers from 0 to 1
REJECTS = (
    *pointwise_problems.rejects("binary_cross_entropy"),
    rejected(
        "binary_cross_entropy",
        "a probability above 1",
        {"input": np.full(3, 1.5, np.float32), "target": zeros(3)},
    ),
    rejected(
        "binary_cross_entropy",
        "a target below 0",
        {"input": zeros(3), "target": np.full(3, -0.5, np.float32)},
    ),
)

FAULTS = (
    pointwise_problems.fault(
        kernels,
        "the logarithm of 0 is infinite",
        "at_least(math.log(x), real(-100))",
        "math.log(x)",
        "binary_cross_entropy",
        "ends-none",
    ),
    pointwise_problems.fault(
        kernels,
        "the other class is forgotten",
        "return (t - real(1)) * of_zero - t * of_one",
        "return -t * of_one",
        "binary_cross_entropy",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient is that with logits",
        "return dy * (x - t) / at_least((real(1) - x) * x, real(LEAST))",
        "return dy * (x - t)",
        "binary_cross_entropy",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the target's gradient is log(x) alone",
        "return dy * (math.log1p(-x) - math.log(x))",
        "return dy * -math.log(x)",
        "binary_cross_entropy",
        "sum",
    ),
    pointwise_problems.fault(
        kernels,
        "a probability above 1 is taken",
        "if wrong.size:",
        "if False:",
        "binary_cross_entropy",
        "rejects-a-probability-above-1",
    ),
    pointwise_problems.fault(
        pointwise_kernels,
        "a target below 0 is taken",
        'for name in ("input", "target") if check',
        'for name in ("input",) if check',
        "binary_cross_entropy",
        "rejects-a-target-below-0",
    ),
)
