"""hardswish: x relu6(x + 3) / 6, in this order: the product may overflow before the division.

Bounds by running error analysis: see parity/shared/unary.py. The gradient at NaN is that of
PyTorch's GPU kernels: see `unary.passes_at_nan`.
"""

from crosscheck.kernels.activation import hardswish as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    shifted = x + 3
    above = rounded.select(shifted.value < 0, rounded.number(0, x.dtype), shifted)
    return x * rounded.select(above.value > 6, rounded.number(6, x.dtype), above) * (1 / 6)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    inner = rounded.select(x.value < 3, dy * (x * (1 / 3) + 0.5), dy)
    return rounded.select(x.value <= -3, rounded.number(0, x.dtype), inner)


OPERATOR = unary.operator(
    kernels.HARDSWISH,
    kernels,
    _forward,
    _gradient,
    parameters=("inplace",),
    gpu_results=unary.passes_at_nan,
)
PROBLEMS = unary.problems("hardswish")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("hardswish", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "hardswish", case)


FAULTS = (
    _fault(
        "hardswish is x + relu6",
        "return x * relu6",
        "return x + relu6",
        "matrix",
    ),
    _fault(
        "hardswish of a number above 3 is divided, too",
        "relu6(x + real(3)) * real(1 / 6)",
        "relu6(x + real(3)) * real(1 / 7)",
        "wide",
    ),
    _fault(
        "the gradient of hardswish begins above -3",
        "if x <= real(-3):",
        "if x <= real(-2):",
        "kinks",
    ),
    _fault(
        "the gradient of hardswish lacks its half",
        "x * real(1 / 3) + real(0.5)",
        "x * real(1 / 3)",
        "matrix",
    ),
)
