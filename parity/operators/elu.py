"""elu: what is above 0 is exact; alpha expm1(x), and dy alpha exp(x) for the gradient, elsewhere.

Bounds by running error analysis: see parity/shared/unary.py. The gradient at NaN is that of
PyTorch's GPU kernels: see `unary.passes_at_nan`.
"""

import numpy as np

from crosscheck.kernels.activation import elu as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    alpha = rounded.number(options.get("alpha", 1.0), x.dtype)
    return rounded.select(x.value <= 0, alpha * rounded.expm1(x), x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    alpha = rounded.number(options.get("alpha", 1.0), x.dtype)
    return rounded.select(x.value <= 0, dy * alpha * rounded.exp(x), dy)


def _options(rng: np.random.Generator) -> dict[str, float]:
    return {"alpha": one_of(rng, (1.0, 1.0, 0.5, -0.3, 0.0, 2.7))}


OPERATOR = unary.operator(
    kernels.ELU,
    kernels,
    _forward,
    _gradient,
    options=_options,
    parameters=("alpha", "inplace"),
    gpu_results=unary.passes_at_nan,
)
PROBLEMS = (
    *unary.problems("elu"),
    unary.problem("elu", "ties", "at 0 the slope is alpha", (6, 7), "ties", alpha=0.3),
    unary.problem("elu", "alpha-half", "another scale", (6, 7), alpha=0.5),
    unary.problem("elu", "alpha-below-0", "what is below 0 goes up", (6, 7), alpha=-1.5),
)
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (
    rejected("elu", "booleans", {"input": zeros(3, dtype="bool")}),
    rejected("elu", "an alpha that is a word", {"input": zeros(3)}, alpha="1"),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "elu", case)


FAULTS = (
    _fault(
        "elu is exp(x) - 1, which cancels",
        "alpha * math.expm1(x)",
        "alpha * (math.exp(x) - real(1))",
        "wide",
    ),
    _fault(
        "elu does not know its alpha",
        "alpha * math.expm1(x)",
        "math.expm1(x)",
        "alpha-half",
    ),
    _fault(
        "the gradient of elu is that of y",
        "math.exp(x) if",
        "math.expm1(x) if",
        "matrix",
    ),
    _fault(
        "the gradient of elu is alpha at 0 of either sign only",
        "if x <= real(0) else dy\n\n\ndef _n",
        "if x < real(0) else dy\n\n\ndef _n",
        "ties",
    ),
)
