"""mish: x n / (n + 2) with n = e (e + 2), e = exp(x); in its derivative only a sum cancels.

Bounds by running error analysis: see parity/shared/unary.py. PyTorch computes tanh(log1p(exp(x))),
which is as accurate, and 1 - tanh^2, which cancels: `_torch_gradient`.
"""

import numpy as np

from crosscheck.kernels.activation import mish as kernels
from crosscheck.parity.bounds import OVERFLOW
from crosscheck.parity.faults.plant import Fault
from crosscheck.parity.operators.sigmoid import sigmoid
from crosscheck.parity.problem import rejected, zeros
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import rounded, unary
from crosscheck.parity.shared.rounded import Rounded


def _forward(x: Rounded, options: Options) -> Rounded:
    t, _ = _tanh_of_softplus(x)
    return rounded.select(x.value < kernels.SATURATED, x * t, x)


def _gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    t, rest = _tanh_of_softplus(x)
    return dy * (t + x * (rest * (1 + t)) * sigmoid(x))


def _tanh_of_softplus(x: Rounded) -> tuple[Rounded, Rounded]:
    """Return t = n / (n + 2), and 1 - t = 2 / (n + 2)."""
    saturated = x.value >= kernels.SATURATED
    e = rounded.exp(x)
    n = e * (e + 2)
    t = rounded.select(saturated, rounded.number(1, x.dtype), n / (n + 2))
    rest = 2 / (n + 2)
    rest = rounded.select(np.isinf(n.value), rounded.number(0, x.dtype), rest)
    # n may overflow in the dtype alone: then 1 - t is 0 instead of less than 2 / OVERFLOW.
    lost = np.where(n.value + n.error >= OVERFLOW[x.dtype], rest.value, 0.0)
    return t, Rounded(rest.value, rest.error + lost, x.dtype)


def _torch_gradient(dy: Rounded, x: Rounded, y: Rounded, options: Options) -> Rounded:
    t = rounded.tanh(rounded.log1p(rounded.exp(x)))
    t = rounded.select(x.value >= 40, rounded.number(1, x.dtype), t)
    return dy * (t + x * sigmoid(x) * (1 - t * t))


OPERATOR = unary.operator(
    kernels.MISH,
    kernels,
    _forward,
    _gradient,
    torch_gradient=_torch_gradient,
    parameters=("inplace",),
)
PROBLEMS = unary.problems("mish")
SPECIAL_VALUES = unary.SPECIAL_VALUES
REJECTS = (rejected("mish", "booleans", {"input": zeros(3, dtype="bool")}),)


def _fault(what: str, right: str, wrong: str, case: str) -> Fault:
    return Fault(what, kernels.__name__, right, wrong, "mish", case)


FAULTS = (
    _fault(
        "mish is tanh of softplus",
        "return x * n / (n + real(2))",
        "return n / (n + real(2))",
        "matrix",
    ),
    _fault(
        "mish is tanh of exp",
        "n = e * (e + real(2))\n    return",
        "n = e * (e + real(1))\n    return",
        "matrix",
    ),
    _fault(
        "mish saturates at 2",
        "return x * n / (n + real(2)) if x < real(SATURATED) else x",
        "return x * n / (n + real(2)) if x < real(2) else x",
        "wide",
    ),
    _fault(
        "the gradient of mish lacks the derivative of its second factor",
        "dy * (t + x * falling * sigmoid(x))",
        "dy * t",
        "matrix",
    ),
    _fault(
        "the gradient of mish lacks sigmoid",
        "x * falling * sigmoid(x)",
        "x * falling",
        "matrix",
    ),
)
