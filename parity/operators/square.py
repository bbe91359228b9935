"""square: a product, and dy (2 x), in PyTorch's order: 2 x may overflow.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import square as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return x * x


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy * (2 * x)


OPERATOR = unary.operator(
    kernels.SQUARE,
    kernels,
    _forward,
    _gradient,
    torch_function="square",
    opinfo_name="square",
    nn_function="square",
    integers=unary.integers,
)
PROBLEMS = unary.problems("square")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "square", case)


FAULTS = (
    _fault(
        "the square has the sign of its argument",
        "return x * x",
        "return x if x < real(0) else x * x",
        "matrix",
    ),
    _fault(
        "the gradient of the square is half of it",
        "real(2) * x",
        "x",
        "matrix",
    ),
    _fault(
        "the gradient of the square is that of |x|",
        "return dy * (real(2) * x)",
        "return real(2) * dy",
        "matrix",
    ),
)
