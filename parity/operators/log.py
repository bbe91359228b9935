"""log: its own error, and dy / x.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.elementwise import log as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return rounded.log(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    return dy / x


OPERATOR = unary.operator(
    kernels.LOG,
    kernels,
    _forward,
    _gradient,
    torch_function="log",
    opinfo_name="log",
    nn_function="log",
)
PROBLEMS = unary.problems("log")
SPECIAL_VALUES = unary.SPECIAL_VALUES


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "log", case)


FAULTS = (
    _fault(
        "log has base 2",
        "return math.log(x)",
        "return math.log2(x)",
        "matrix",
    ),
    _fault(
        "log of |x|",
        "return math.log(x)",
        "return math.log(math.fabs(x))",
        "matrix",
    ),
    _fault(
        "the gradient of log is multiplied",
        "return dy / x",
        "return dy * x",
        "matrix",
    ),
)
