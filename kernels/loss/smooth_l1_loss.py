"""smooth_l1_loss: a square near 0 and |x - t| elsewhere, of one slope where they meet.

With d = x - t: d^2 / (2 beta) where |d| < beta, else |d| - beta / 2.
"""

import math

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import Numbers, number
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.loss.pointwise import Pointwise


@device_function
def smooth(x, t, beta):
    size = math.fabs(x - t)
    if size < beta:
        return real(0.5) * size * size / beta
    return size - real(0.5) * beta


# d / beta where |d| < beta, else the sign of d
@device_function
def smooth_gradient(dy, x, t, beta):
    d = x - t
    if math.fabs(d) < beta:
        return dy * d / beta
    if d == real(0) or (beta == real(0) and d != d):  # as l1_loss, where beta is 0: also at NaN
        return dy * real(0)
    sign = real(1) if d > real(0) else d  # NaN is NaN
    return dy * (real(-1) if d < real(0) else sign)


# d changes its sign with x and t exchanged, also a 0; as l1_loss the gradient is the negative one
@device_function
def target_gradient_of(dy, x, t, beta):
    if beta == real(0):
        return -smooth_gradient(dy, x, t, beta)
    return smooth_gradient(dy, t, x, beta)


def _numbers(op: str, beta: float = 1.0) -> Numbers:
    if number(op, "beta", beta) < 0:
        reject(op, "beta", beta, "a number of at least 0")
    return (float(beta),)


SMOOTH_L1_LOSS = Pointwise(
    "smooth_l1_loss", smooth, smooth_gradient, target_gradient_of, _numbers, weights=()
)
ALGORITHMS, forward = SMOOTH_L1_LOSS.algorithms, SMOOTH_L1_LOSS.forward
input_gradient, target_gradient = SMOOTH_L1_LOSS.input_gradient, SMOOTH_L1_LOSS.target_gradient
