"""exp: its own error, and dy y.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import exp as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.exp(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy * y


OPERATOR = unary.operator(
    kernels.EXP,
    kernels,
    _forward,
    _gradient,
    torch_function="exp",
    opinfo_name="exp",
    nn_function="exp",
)
PROBLEMS = unary.problems("exp", largest=85)
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "exp", case)


FAULTS = (
    _fault(
        "exp is 2^x",
        "return math.exp(x)",
        "return math.exp2(x)",
        "matrix",
    ),
    _fault(
        "the gradient of exp is 1",
        "return dy * y",
        "return dy",
        "matrix",
    ),
    _fault(
        "the gradient of exp is y",
        "return dy * y",
        "return y",
        "scalar",
    ),
)
