"""l1_loss: the size of the difference, which is rounded once; its derivative is a sign.

Bounds by running error analysis: see parity/shared/pointwise.py. The sign of a rounded difference
is that of the exact one.
"""

import numpy as np

from crosscheck.kernels.loss import l1_loss as kernels
from crosscheck.parity.problem import Problem
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import pointwise, pointwise_problems
from crosscheck.parity.shared.rounded import Rounded


def _formula(x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    return abs(x - t)


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    sign = np.nan_to_num(np.sign(x.value - t.value))
    return Rounded(sign * dy.value, abs(sign) * dy.error, dy.dtype, dy.reach, dy.before)


OPERATOR = pointwise.operator(
    kernels.L1_LOSS,
    kernels,
    _formula,
    _gradient,
    None,
    ("size_average", "reduce", "reduction", "weight"),
    by_weights=True,
    integers=pointwise.integers(1),
)
PROBLEMS = (
    *pointwise_problems.problems("l1_loss"),
    *pointwise_problems.broadcast_problems("l1_loss"),
    Problem(
        "l1_loss",
        "ties",
        "the gradient at a difference of 0 is 0",
        {"input": np.array([1.0, 2.0, 3.0, -0.0]), "target": np.array([1.0, 3.0, 2.0, 0.0])},
        {"reduction": "sum"},
    ),
)
SPECIAL_VALUES = (*pointwise_problems.SPECIAL_VALUES, "weighted-none")
REJECTS = pointwise_problems.rejects("l1_loss")

FAULTS = (
    pointwise_problems.fault(
        kernels,
        "the loss is the difference with its sign",
        "return math.fabs(x - t)",
        "return x - t",
        "l1_loss",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient at 0 is 1",
        "x - t > real(0) else",
        "x - t >= real(0) else",
        "l1_loss",
        "ties",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient of a negative difference is 0",
        "real(-1) if x - t",
        "real(0) if x - t",
        "l1_loss",
        "sum",
    ),
)
