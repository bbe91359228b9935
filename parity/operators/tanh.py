"""tanh: its own error, and dy (1 - y^2), which cancels where y is close to 1.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.activation import tanh as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.tanh(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy * (1 - y * y)


OPERATOR = unary.operator(
    kernels.TANH,
    kernels,
    _forward,
    _gradient,
    torch_function="tanh",
    opinfo_name="tanh",
)
PROBLEMS = unary.problems("tanh")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "tanh", case)


FAULTS = (
    _fault(
        "tanh is its argument",
        "return math.tanh(x)",
        "return x",
        "matrix",
    ),
    _fault(
        "tanh of a quotient of exponentials",
        "return math.tanh(x)",
        "return (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x))",
        "wide",
    ),
    _fault(
        "the gradient of tanh is 1 + y^2",
        "real(1) - y * y",
        "real(1) + y * y",
        "matrix",
    ),
    _fault(
        "the gradient of tanh is 1 - y",
        "real(1) - y * y",
        "real(1) - y",
        "matrix",
    ),
)
