"""binary_cross_entropy_with_logits: (1 - t) x - q log sigmoid(x), with q = 1 + (p - 1) t.

Bounds by running error analysis: see parity/shared/pointwise.py. What cancels is the difference of
the two products.
"""

from crosscheck.kernels.loss import binary_cross_entropy_with_logits as kernels
from crosscheck.parity.operators.sigmoid import sigmoid
from crosscheck.parity.reference_call import Options
from crosscheck.parity.shared import pointwise, pointwise_problems, rounded
from crosscheck.parity.shared.exponentials import no_integers
from crosscheck.parity.shared.rounded import Rounded

OP = "binary_cross_entropy_with_logits"
WEIGHTS = ("weight", "pos_weight")


def _log_sigmoid(x: Rounded) -> Rounded:
    above = rounded.select(x.value > 0, rounded.number(0, x.dtype), x)
    return above - rounded.log1p(rounded.exp(-abs(x)))


def _share(t: Rounded, p: Rounded | None) -> Rounded | float:
    return 1.0 if p is None else 1 + (p - 1) * t


def _formula(x: Rounded, t: Rounded, p: Rounded | None, options: Options) -> Rounded:
    return (1 - t) * x - _share(t, p) * _log_sigmoid(x)


def _gradient(dy: Rounded, x: Rounded, t: Rounded, p: Rounded | None, options: Options) -> Rounded:
    if p is None:
        return dy * (sigmoid(x) - t)
    return dy * ((p * t + 1 - t) * sigmoid(x) - p * t)


def _target_gradient(
    dy: Rounded, x: Rounded, t: Rounded, p: Rounded | None, options: Options
) -> Rounded:
    return -(dy * x) if p is None else dy * (_log_sigmoid(-x) - p * _log_sigmoid(x))


def _torch_target_gradient(
    dy: Rounded, x: Rounded, t: Rounded, p: Rounded | None, options: Options
) -> Rounded:
    """PyTorch takes the logarithm of 1 - s, which cancels where s is close to 1."""
    if p is None:
        return -(dy * x)
    s = sigmoid(x)
    return dy * (rounded.log(1 - s) - p * rounded.log(s))


OPERATOR = pointwise.operator(
    kernels.BINARY_CROSS_ENTROPY_WITH_LOGITS,
    kernels,
    _formula,
    _gradient,
    _target_gradient,
    ("weight", "size_average", "reduce", "reduction", "pos_weight"),
    torch_target_derivative=_torch_target_gradient,
    divides_last=True,
    integers=no_integers,
)
PROBLEMS = (
    *pointwise_problems.problems(OP, WEIGHTS),
    *(
        pointwise_problems.problem(OP, f"row-{name}", "one for each column", (4, 3), {name: (3,)})
        for name in WEIGHTS
    ),
)
SPECIAL_VALUES = ("none", "mean", "row-weight", "weighted-none")
REJECTS = pointwise_problems.rejects(OP)

FAULTS = (
    pointwise_problems.fault(
        kernels,
        "the logarithm of the sigmoid of what is above 0 is that of -x",
        "real(0) if x > real(0) else x",
        "x",
        OP,
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the pos_weight is that of the whole loss",
        "real(1) + (p - real(1)) * t",
        "p",
        OP,
        "weighted-mean",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient has the sigmoid of -x",
        "return dy * (sigmoid(x) - t)",
        "return dy * (sigmoid(-x) - t)",
        OP,
        "none",
    ),
    pointwise_problems.fault(
        kernels,
        "the gradient forgets the pos_weight",
        "if p == real(1):\n        return dy * (sig",
        "if p != real(0):\n        return dy * (sig",
        OP,
        "weighted-sum",
    ),
    pointwise_problems.fault(
        kernels,
        "the target's gradient forgets the pos_weight",
        "-(dy * x) if p == real(1) else",
        "-(dy * x) if p != real(0) else",
        OP,
        "weighted-sum",
    ),
)
