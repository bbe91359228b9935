"""reciprocal: a quotient, and -dy y^2, in PyTorch's order: y^2 may overflow.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import reciprocal as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return 1 / x


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return -dy * (y * y)


OPERATOR = unary.operator(
    kernels.RECIPROCAL,
    kernels,
    _forward,
    _gradient,
    torch_function="reciprocal",
    opinfo_name="reciprocal",
    nn_function="reciprocal",
)
PROBLEMS = unary.problems("reciprocal", smallest=2.0**-40)
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "reciprocal", case)


FAULTS = (
    _fault(
        "the reciprocal is its argument",
        "return real(1) / x",
        "return x",
        "matrix",
    ),
    _fault(
        "the gradient of the reciprocal rises",
        "return -dy * (y * y)",
        "return dy * (y * y)",
        "matrix",
    ),
    _fault(
        "the gradient of the reciprocal has y",
        "-dy * (y * y)",
        "-dy * y",
        "matrix",
    ),
)
