"""abs: every output and gradient is an input, its negative, or dy times 0: all must be exact."""

from crosscheck.kernels.elementwise import abs_ as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return abs(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    sloping = rounded.select(x.value < 0, -dy, dy)
    level = rounded.given(dy.value * 0, x.dtype)
    return rounded.select((x.value < 0) | (x.value > 0), sloping, level)


OPERATOR = unary.operator(
    kernels.ABS,
    kernels,
    _forward,
    _gradient,
    torch_function="abs",
    opinfo_name="abs",
    nn_function="abs",
    integers=unary.integers,
)
PROBLEMS = unary.problems("abs")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("abs", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "abs", case)


FAULTS = (
    _fault(
        "abs keeps the sign of -0",
        "return math.fabs(x)",
        "return -x if x < real(0) else x",
        "zeros",
    ),
    _fault(
        "the gradient of abs at 0 is 1",
        "x > real(0) else real(0)",
        "x >= real(0) else real(0)",
        "zeros",
    ),
    _fault(
        "the gradient of abs is 1",
        "real(-1) if x < real(0)",
        "real(1) if x < real(0)",
        "matrix",
    ),
)
