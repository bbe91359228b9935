"""cos: its own error, and -dy sin(x).

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import cos as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.cos(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return -dy * rounded.sin(x)


OPERATOR = unary.operator(
    kernels.COS,
    kernels,
    _forward,
    _gradient,
    torch_function="cos",
    opinfo_name="cos",
    nn_function="cos",
)
PROBLEMS = unary.problems("cos")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "cos", case)


FAULTS = (
    _fault(
        "cos is sin",
        "return math.cos(x)",
        "return math.sin(x)",
        "matrix",
    ),
    _fault(
        "the gradient of cos rises",
        "return -dy * math.sin(x)",
        "return dy * math.sin(x)",
        "matrix",
    ),
)
