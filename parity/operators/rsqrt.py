"""rsqrt: a root and a quotient, and -dy y^3 / 2, in PyTorch's order: y^3 may overflow.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import rsqrt as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return 1 / rounded.sqrt(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return -0.5 * dy * (y * y * y)


OPERATOR = unary.operator(
    kernels.RSQRT,
    kernels,
    _forward,
    _gradient,
    torch_function="rsqrt",
    opinfo_name="rsqrt",
    nn_function="rsqrt",
)
PROBLEMS = unary.problems("rsqrt", smallest=2.0**-40)
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "rsqrt", case)


FAULTS = (
    _fault(
        "rsqrt is sqrt",
        "return real(1) / math.sqrt(x)",
        "return math.sqrt(x)",
        "matrix",
    ),
    _fault(
        "the gradient of rsqrt rises",
        "real(-0.5) * dy",
        "real(0.5) * dy",
        "matrix",
    ),
    _fault(
        "the gradient of rsqrt has the square",
        "(y * y * y)",
        "(y * y)",
        "matrix",
    ),
)
