"""smooth_l1_loss: d = x - t, rounded once, decides between a square and a line.

Bounds by running error analysis: see parity/shared/pointwise.py. Where |d| is within its error of
beta, either branch may be taken; they meet there, and so do their slopes.
"""

from typing import Any

import numpy as np

from crosscheck.kernels.loss import smooth_l1_loss as kernels
from crosscheck.parity.problem import Problem, rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import pointwise, pointwise_problems, rounded
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded


def _choice(
    x: Rounded, t: Rounded, options: Options
) -> tuple[Rounded, Rounded, np.ndarray, np.ndarray]:
    """Return d, beta, where the square is taken, and where that is not sure."""
    d, beta = x - t, rounded.number(options.get("beta", 1.0), x.dtype)
    unsure = abs(abs(d.value) - beta.value) <= d.error + beta.error
    return d, beta, abs(d.value) < beta.value, unsure & (beta.value != 0)


def _formula(x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    d, beta, near, unsure = _choice(x, t, options)
    return rounded.select(near, 0.5 * abs(d) * abs(d) / beta, abs(d) - 0.5 * beta, unsure)


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    d, beta, near, unsure = _choice(x, t, options)
    sign = np.sign(d.value)
    sign = sign if beta.value else np.nan_to_num(sign)  # as l1_loss
    line = Rounded(sign * dy.value, abs(sign) * dy.error, dy.dtype, dy.reach, dy.before)
    return rounded.select(near, dy * d / beta, line, unsure)


def _options(rng: np.random.Generator) -> dict[str, Any]:
    return {"beta": one_of(rng, (1.0, 0.5, 0.0, 3.7))}


OPERATOR = pointwise.operator(
    kernels.SMOOTH_L1_LOSS,
    kernels,
    _formula,
    _gradient,
    None,
    ("size_average", "reduce", "reduction", "beta"),
    options=_options,
    integers=no_integers,
)
AROUND = np.array([0.0, -0.0, 0.25, 0.5, 0.75, 1.0, 3.0, -0.25, -0.5, -1.0])
PROBLEMS = (
    *pointwise_problems.problems("smooth_l1_loss", ()),
    *pointwise_problems.broadcast_problems("smooth_l1_loss", weighted=False),
    *(
        Problem(
            "smooth_l1_loss",
            f"around-beta-{beta}",
            "differences at, below and above the point where the formulas meet",
            {"input": AROUND, "target": np.zeros(10)},
            {"beta": beta, "reduction": "none"},
        )
        for beta in (0.5, 0.0)
    ),
)
PROBLEMS += (
    pointwise_problems.problem(
        "smooth_l1_loss", "nan-beta-0", "l1_loss: no gradient at NaN", (4,), values="nan", beta=0.0
    ),
)
SPECIAL_VALUES = pointwise_problems.SPECIAL_VALUES
PAIR = {"input": zeros(2), "target": zeros(2)}
REJECTS = (
    *pointwise_problems.rejects("smooth_l1_loss", weighted=False),
    rejected("smooth_l1_loss", "a beta below 0", PAIR, beta=-1.0),
)

FAULTS = (
    pointwise_problems.fault(
        kernels,
        "the square is not divided by beta",
        "size * size / beta",
        "size * size",
        "smooth_l1_loss",
        "around-beta-0.5",
    ),
    pointwise_problems.fault(
        kernels,
        "the line does not meet the square",
        "return size - real(0.5) * beta",
        "return size",
        "smooth_l1_loss",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient of the square is that of the line",
        "return dy * d / beta",
        "return dy",
        "smooth_l1_loss",
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient at 0 is 1 where beta is 0",
        "return dy * real(0)",
        "return dy",
        "smooth_l1_loss",
        "around-beta-0.0",
    ),
)
