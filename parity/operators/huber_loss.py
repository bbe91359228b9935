"""huber_loss: d = x - t, rounded once, decides between a square and a line.

Bounds by running error analysis: see parity/shared/pointwise.py. Where |d| is within its error of
delta, either branch may be taken; they meet there, and so do their slopes.
"""

from typing import Any

import numpy as np

from crosscheck.kernels.loss import huber_loss as kernels
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import pointwise, pointwise_problems, rounded
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded


def _choice(
    x: Rounded, t: Rounded, options: Options
) -> tuple[Rounded, Rounded, np.ndarray, np.ndarray]:
    """Return d, delta, where the square is taken, and where that is not sure."""
    d, delta = x - t, rounded.number(options.get("delta", 1.0), x.dtype)
    unsure = abs(abs(d.value) - delta.value) <= d.error + delta.error
    return d, delta, abs(d.value) <= delta.value, unsure


def _formula(x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    d, delta, near, unsure = _choice(x, t, options)
    return rounded.select(near, 0.5 * abs(d) * abs(d), delta * (abs(d) - 0.5 * delta), unsure)


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    d, delta, near, unsure = _choice(x, t, options)
    line = dy * delta
    sign = np.sign(d.value)
    line = Rounded(sign * line.value, line.error, line.dtype, line.reach, line.before)
    return rounded.select(near | np.isnan(d.value), dy * d, line, unsure)


def _options(rng: np.random.Generator) -> dict[str, Any]:
    return {"delta": one_of(rng, (1.0, 0.5, 3.7))}


OPERATOR = pointwise.operator(
    kernels.HUBER_LOSS,
    kernels,
    _formula,
    _gradient,
    None,
    ("reduction", "delta", "weight"),
    options=_options,
    integers=no_integers,
)
AROUND = np.array([0.0, -0.0, 0.25, 0.5, 0.75, 1.0, 3.0, -0.25, -0.5, -1.0])
PROBLEMS = (
    *pointwise_problems.problems("huber_loss"),
    *pointwise_problems.broadcast_problems("huber_loss"),
    Problem(
        "huber_loss",
        "around-delta",
        "differences at, below and above the point where the formulas meet",
        {"input": AROUND, "target": np.zeros(10)},
        {"delta": 0.5, "reduction": "none"},
    ),
)
SPECIAL_VALUES = (*pointwise_problems.SPECIAL_VALUES, "weighted-none")
PAIR = {"input": zeros(2), "target": zeros(2)}
REJECTS = (
    *pointwise_problems.rejects("huber_loss"),
    rejected("huber_loss", "a delta of 0", PAIR, delta=0.0),
)

FAULTS = (
    pointwise_problems.fault(
        kernels,
        "the square is not halved",
        "return real(0.5) * size * size",
        "return size * size",
        "huber_loss",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the line has a slope of 1",
        "return delta * (size",
        "return (size",
        "huber_loss",
        "around-delta",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient of a large negative difference is positive",
        "-(dy * delta) if",
        "dy * delta if",
        "huber_loss",
        "around-delta",
    ),
)
