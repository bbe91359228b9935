"""silu: x sigmoid(x); its derivative s (1 + x (1 - s)) cancels where it is 0, near x = -1.28.

Bounds by running error analysis: see parity/shared/unary.py.
"""

from crosscheck.kernels.activation import silu as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.sigmoid import sigmoid
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    return x * sigmoid(x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    s = sigmoid(x)
    return dy * s * (1 + x * (1 - s))


OPERATOR = unary.operator(
    kernels.SILU,
    kernels,
    _forward,
    _gradient,
    parameters=("inplace",),
)
PROBLEMS = unary.problems("silu")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("silu", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "silu", case)


FAULTS = (
    _fault(
        "silu is sigmoid",
        "return x * sigmoid(x)",
        "return sigmoid(x)",
        "matrix",
    ),
    _fault(
        "silu of |x|",
        "return x * sigmoid(x)",
        "return x * sigmoid(-x)",
        "matrix",
    ),
    _fault(
        "the gradient of silu is that of sigmoid alone",
        "return dy * s * (real(1) + x * (real(1) - s))",
        "return dy * s * (real(1) - s)",
        "matrix",
    ),
    _fault(
        "the gradient of silu lacks x",
        "(real(1) + x * (real(1) - s))",
        "(real(1) + (real(1) - s))",
        "matrix",
    ),
)
