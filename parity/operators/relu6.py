"""relu6: every output and gradient is an input, 0 or 6, never rounded, so all must be exact.

The gradient at NaN is that of PyTorch's GPU kernels: see `unary.passes_at_nan`.
"""

from crosscheck.kernels.activation import relu6 as kernels
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    above = rounded.select(x.value < 0, rounded.number(0, x.dtype), x)
    return rounded.select(x.value > 6, rounded.number(6, x.dtype), above)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    flat = (x.value <= 0) | (x.value >= 6)
    return rounded.select(flat, rounded.number(0, x.dtype), dy)


OPERATOR = unary.operator(
    kernels.RELU6,
    kernels,
    _forward,
    _gradient,
    parameters=("inplace",),
    integers=unary.integers,
    gpu_results=unary.passes_at_nan,
)
PROBLEMS = unary.problems("relu6")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("relu6", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "relu6", case)


FAULTS = (
    _fault(
        "NaN becomes 6 of relu6",
        "return real(6) if above > real(6) else above",
        "return above if above < real(6) else real(6)",
        "nan",
    ),
    _fault(
        "relu6 ends at 5",
        "return real(6) if above > real(6) else above",
        "return real(5) if above > real(5) else above",
        "kinks",
    ),
    _fault(
        "the gradient of relu6 passes at 6",
        "x >= real(6) else dy",
        "x > real(6) else dy",
        "kinks",
    ),
    _fault(
        "the gradient of relu6 passes below 0",
        "x <= real(0) or x >= real(6)",
        "x >= real(6)",
        "matrix",
    ),
)
