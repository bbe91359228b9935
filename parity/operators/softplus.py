"""softplus: log(1 + exp(z)) / beta with z = beta x rounded; its derivative is sigmoid(z).

Bounds by running error analysis: see parity/shared/unary.py. Where z is as close to the threshold
as its rounding, x and the logarithm are both right, which differ by exp(-threshold) / beta.

PyTorch's log1p(exp(z)) is as accurate as ours where z is below its threshold of 20.
"""

import numpy as np

from crosscheck.kernels.activation import softplus as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.sigmoid import sigmoid
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Arrays, Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.draws import one_of
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    z, beta, linear, unsure = _scaled(x, options)
    positive = rounded.select(z.value < 0, rounded.number(0, x.dtype), z)
    curved = (positive + rounded.log1p(rounded.exp(-abs(z)))) / beta
    return rounded.select(linear, x, curved, unsure)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    z, _, linear, unsure = _scaled(x, options)
    return rounded.select(linear, dy, dy * sigmoid(z), unsure)


def _scaled(x: Rounded, options: Options) -> tuple[Rounded, Rounded, np.ndarray, np.ndarray]:
    """Return z, beta, where z is above the threshold, and where its rounding may decide that."""
    beta, threshold = (
        rounded.number(options.get(name, default), x.dtype)
        for name, default in (("beta", 1.0), ("threshold", 20.0))
    )
    z = x if beta.value == 1 else x * beta
    distance = abs(z.value - threshold.value)
    unsure = (distance <= z.error + threshold.error) & (distance < np.inf)
    return z, beta, z.value > threshold.value, unsure & (z.error + threshold.error > 0)


def _without_overflow(inputs: Arrays, options: Options, results: Arrays) -> Arrays:
    """Return the gradient where PyTorch multiplies dy by exp(z) first, and that overflows."""
    if "input_gradient" not in results:
        return {}
    found, dy = results["input_gradient"], inputs["grad_output"].astype(np.float64)
    with np.errstate(all="ignore"):
        z = inputs["input"].astype(np.float64) * options.get("beta", 1.0)
        own = (dy / (1 + np.exp(-z))).astype(found.dtype)
    return {"input_gradient": np.where(np.isinf(found) & np.isfinite(dy), own, found)}


def _options(rng: np.random.Generator) -> dict[str, float]:
    return {
        "beta": one_of(rng, (1, 1, 0.3, 2.5, -1.5)),
        "threshold": one_of(rng, (20, 20, 0.5, 100, -1.0)),
    }


OPERATOR = unary.operator(
    kernels.SOFTPLUS,
    kernels,
    _forward,
    _gradient,
    options=_options,
    gpu_results=_without_overflow,
    parameters=("beta", "threshold"),
)
LARGE = np.linspace(-110, 110, 61)

PROBLEMS = (
    *unary.problems("softplus"),
    unary.problem("softplus", "beta-2.5", "another scale", (6, 7), beta=2.5),
    unary.problem("softplus", "beta-below-0", "falls instead of rising", (6, 7), beta=-1.5),
    unary.problem("softplus", "threshold-1", "half of it is linear", (6, 7), threshold=1),
    unary.problem("softplus", "threshold-100", "exp overflows", LARGE, threshold=100),
)
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (
    rejected("softplus", "booleans", {"input": zeros(3, dtype="bool")}),
    rejected("softplus", "a beta that is a word", {"input": zeros(3)}, beta="1"),
)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "softplus", case)


FAULTS = (
    _fault(
        "softplus cancels below 0",
        "math.log1p(math.exp(-math.fabs(z)))",
        "math.log(real(1) + math.exp(-math.fabs(z)))",
        "wide",
    ),
    _fault(
        "softplus overflows",
        "(at_least(z, real(0)) + math.log1p(math.exp(-math.fabs(z)))) / beta",
        "math.log1p(math.exp(z)) / beta",
        "threshold-100",
    ),
    _fault(
        "softplus is not divided by beta",
        "math.exp(-math.fabs(z)))) / beta",
        "math.exp(-math.fabs(z))))",
        "beta-2.5",
    ),
    _fault(
        "softplus has no threshold",
        "if z > threshold:",
        "if z > threshold + threshold:",
        "threshold-1",
    ),
    _fault(
        "the gradient of softplus has no threshold",
        "return dy if z > threshold",
        "return dy if z > threshold + threshold",
        "threshold-1",
    ),
    _fault(
        "the gradient of softplus is multiplied by beta",
        "dy * sigmoid(z)",
        "dy * beta * sigmoid(z)",
        "beta-2.5",
    ),
)
