"""sqrt: correctly rounded, and dy / (2 y).

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import sqrt as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.sqrt(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy / (2 * y)


OPERATOR = unary.operator(
    kernels.SQRT,
    kernels,
    _forward,
    _gradient,
    torch_function="sqrt",
    opinfo_name="sqrt",
    nn_function="sqrt",
)
PROBLEMS = unary.problems("sqrt")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "sqrt", case)


FAULTS = (
    _fault(
        "sqrt by a logarithm",
        "return math.sqrt(x)",
        "return math.exp(math.log(x) / real(2))",
        "wide",
    ),
    _fault(
        "the gradient of sqrt is twice as large",
        "dy / (real(2) * y)",
        "dy / y",
        "matrix",
    ),
    _fault(
        "the gradient of sqrt is multiplied",
        "dy / (real(2) * y)",
        "dy * (real(2) * y)",
        "matrix",
    ),
)
