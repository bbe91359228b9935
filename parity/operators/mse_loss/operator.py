"""mse_loss: the squared difference; doubling, in its gradient, is exact.

Bounds by running error analysis: see parity/shared/pointwise.py.
"""

from crosscheck.kernels.loss import mse_loss as kernels
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import pointwise
from crosscheck.parity.shared.rounded import Rounded


def _formula(x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    return (x - t) * (x - t)


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: None, options: Options) -> Rounded:
    return 2 * (dy * (x - t))


OPERATOR = pointwise.operator(
    kernels.MSE_LOSS,
    kernels,
    _formula,
    _gradient,
    None,
    ("size_average", "reduce", "reduction", "weight"),
    by_weights=True,
    torch_derivative=lambda dy, x, t, p, options: dy * (2 * (x - t)),
    integers=pointwise.integers(2),
    order=9,
)
