"""sigmoid: with e = exp(-|x|), 1 / (1 + e) or e / (1 + e); its derivative is y (1 - y).

Bounds by running error analysis: see parity/shared/unary.py. e is the exponential of an exact
number, so every step is accurate in itself; only 1 - y cancels, where y is close to 1, and is then
as far off as y.
"""

from crosscheck.kernels.activation import sigmoid as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def sigmoid(x: Rounded) -> Rounded:
    e = rounded.exp(-abs(x))
    return rounded.select(x.value < 0, e, rounded.number(1, x.dtype)) / (1 + e)


def _forward(x: Rounded, options: Options) -> Rounded:
    return sigmoid(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy * (1 - y) * y


OPERATOR = unary.operator(
    kernels.SIGMOID,
    kernels,
    _forward,
    _gradient,
    torch_function="sigmoid",
    opinfo_name="sigmoid",
)
PROBLEMS = unary.problems("sigmoid")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "sigmoid", case)


FAULTS = (
    _fault("sigmoid falls", "if x < real(0)", "if x > real(0)", "matrix"),
    _fault(
        "sigmoid is 0 where it is small",
        "(e if x < real(0) else real(1)) / (real(1) + e)",
        "real(1) - real(1) / (real(1) + math.exp(x))",
        "wide",
    ),
    _fault("the gradient of sigmoid is y", "dy * (real(1) - y) * y", "dy * y", "matrix"),
    _fault("the gradient of sigmoid reads x", "(real(1) - y) * y", "(real(1) - y * y)", "matrix"),
)
