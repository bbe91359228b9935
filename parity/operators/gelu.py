"""gelu: x P(x), with P by erfc or, approximately, by sigmoid; and its derivative P(x) + x P'(x).

Bounds by running error analysis: see parity/shared/unary.py. PyTorch's own arithmetic cancels in
1 + erf and 1 + tanh where x is far below 0, and is as far off in float64 as `_torch_forward` and
`_torch_gradient` say.
"""

from dataclasses import replace

import numpy as np

from crosscheck.kernels.activation import gelu as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.sigmoid import sigmoid
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    if options.get("approximate", "none") == "tanh":
        return x * sigmoid(_twice(x))
    return x * (0.5 * rounded.erfc(-x * kernels.SQRT_HALF))


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    if options.get("approximate", "none") == "tanh":
        s = sigmoid(_twice(x))
        return dy * (s + x * (s * (1 - s)) * _steepness(x))
    return dy * (0.5 * rounded.erfc(-x * kernels.SQRT_HALF) + x * _density(x))


def _twice(x: Rounded) -> Rounded:
    return kernels.TWICE * (x + kernels.CUBE * (x * x * x))


def _steepness(x: Rounded) -> Rounded:
    return kernels.TWICE * (1 + 3 * kernels.CUBE * (x * x))


def _density(x: Rounded) -> Rounded:
    return kernels.PEAK * rounded.exp(-0.5 * (x * x))


def _torch_forward(x: Rounded, options: Options) -> Rounded:
    return x * _torch_share(x, options)


def _torch_share(x: Rounded, options: Options) -> Rounded:
    """Return P(x) as PyTorch computes it."""
    if options.get("approximate", "none") == "tanh":
        return 0.5 * (1 + rounded.tanh(0.5 * _twice(x)))
    return 0.5 * (1 + rounded.erf(x * kernels.SQRT_HALF))


def _torch_gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    share = _torch_share(x, options)
    if options.get("approximate", "none") == "tanh":
        t = rounded.tanh(0.5 * _twice(x))
        return dy * (share + 0.5 * x * (1 - t * t) * (0.5 * _steepness(x)))
    return dy * (share + x * _density(x))


def _options(rng: np.random.Generator) -> dict[str, str]:
    return {"approximate": one_of(rng, ("none", "tanh"))}


OPERATOR = unary.operator(
    kernels.GELU,
    kernels,
    _forward,
    _gradient,
    _torch_forward,
    _torch_gradient,
    options=_options,
    parameters=("approximate",),
)
PROBLEMS = (
    *unary.problems("gelu"),
    *(
        replace(each, name=f"{each.name}-tanh")
        for each in unary.problems("gelu", largest=2.0**60, approximate="tanh")
        if each.name in ("matrix", "wide", "kinks", "nan", "infinities", "tiny")
    ),
)
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (
    rejected("gelu", "booleans", {"input": zeros(3, dtype="bool")}),
    rejected("gelu", "an unknown word", {"input": zeros(3)}, approximate="erf"),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "gelu", case)


FAULTS = (
    _fault(
        "gelu cancels below 0",
        "real(0.5) * math.erfc(-x * real(SQRT_HALF))",
        "real(0.5) * (real(1) + math.erf(x * real(SQRT_HALF)))",
        "wide",
    ),
    _fault(
        "gelu of the other tail",
        "math.erfc(-x * real(SQRT_HALF)))\n\n\n#",
        "math.erfc(x * real(SQRT_HALF)))\n\n\n#",
        "matrix",
    ),
    _fault(
        "gelu is always exact",
        "if tanh > real(0):\n        return x",
        "if tanh > real(1):\n        return x",
        "matrix-tanh",
    ),
    _fault(
        "the cube of gelu is a square",
        "real(CUBE) * (x * x * x)))\n    return",
        "real(CUBE) * (x * x)))\n    return",
        "matrix-tanh",
    ),
    _fault(
        "the gradient of gelu lacks its density",
        "math.erfc(-x * real(SQRT_HALF)) + x * density)",
        "math.erfc(-x * real(SQRT_HALF)))",
        "matrix",
    ),
    _fault(
        "the density of gelu is that of variance 1/2",
        "real(-0.5) * (x * x)",
        "real(-1) * (x * x)",
        "matrix",
    ),
    _fault(
        "the gradient of gelu by tanh lacks the cube's",
        "real(3 * CUBE) * (x * x)",
        "real(CUBE) * (x * x)",
        "matrix-tanh",
    ),
)
