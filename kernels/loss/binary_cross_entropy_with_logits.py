"""binary_cross_entropy_with_logits: of the logit x of a probability, and the target t.

    -(p t log s + (1 - t) log (1 - s)) = (1 - t) x - q log s    with s = sigmoid(x)

where p is the weight of the positive class and q = 1 + (p - 1) t. No exponential overflows:
log s = min(x, 0) - log1p(exp(-|x|)).
"""

import math

from crosscheck.kernels.activation.sigmoid import sigmoid
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.loss.pointwise import Pointwise
from crosscheck.kernels.loss.pointwise_launch import WEIGHTS


@device_function
def log_sigmoid(x):
    return (real(0) if x > real(0) else x) - math.log1p(math.exp(-math.fabs(x)))


@device_function
def share(t, p):
    """Return q. A p of 1 is none: an infinite t then has a share of 1, as in PyTorch without p."""
    return real(1) if p == real(1) else real(1) + (p - real(1)) * t


@device_function
def cross_entropy(x, t, p):
    return (real(1) - t) * x - share(t, p) * log_sigmoid(x)


# q s - p t, as d log s / dx = 1 - s
@device_function
def logit_gradient(dy, x, t, p):
    if p == real(1):
        return dy * (sigmoid(x) - t)
    return dy * ((p * t + real(1) - t) * sigmoid(x) - p * t)


# linear in t: log (1 - s) - p log s
@device_function
def target_gradient_of(dy, x, t, p):
    return -(dy * x) if p == real(1) else dy * (log_sigmoid(-x) - p * log_sigmoid(x))


BINARY_CROSS_ENTROPY_WITH_LOGITS = Pointwise(
    "binary_cross_entropy_with_logits",
    cross_entropy,
    logit_gradient,
    target_gradient_of,
    weights=WEIGHTS,
    broadcasts_weights=True,
)
ALGORITHMS = BINARY_CROSS_ENTROPY_WITH_LOGITS.algorithms
forward = BINARY_CROSS_ENTROPY_WITH_LOGITS.forward
input_gradient = BINARY_CROSS_ENTROPY_WITH_LOGITS.input_gradient
target_gradient = BINARY_CROSS_ENTROPY_WITH_LOGITS.target_gradient
