"""sin: its own error, and dy cos(x).

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import sin as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.sin(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy * rounded.cos(x)


OPERATOR = unary.operator(
    kernels.SIN,
    kernels,
    _forward,
    _gradient,
    torch_function="sin",
    opinfo_name="sin",
    nn_function="sin",
)
PROBLEMS = unary.problems("sin")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "sin", case)


FAULTS = (
    _fault(
        "sin is cos",
        "return math.sin(x)",
        "return math.cos(x)",
        "matrix",
    ),
    _fault(
        "the gradient of sin is sin",
        "return dy * math.cos(x)",
        "return dy * math.sin(x)",
        "matrix",
    ),
)
