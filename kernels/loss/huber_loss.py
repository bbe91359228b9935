"""huber_loss: a square near 0, and straight lines from where |x - t| is delta.

With d = x - t: d^2 / 2 where |d| <= delta, else delta (|d| - delta / 2).
"""

import math

from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import Numbers, number
from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.loss.pointwise import Pointwise


@device_function
def huber(x, t, delta):
    size = math.fabs(x - t)
    if size <= delta:
        return real(0.5) * size * size
    return delta * (size - real(0.5) * delta)


# d where |d| <= delta, else delta times its sign; for the target, with x and t exchanged
@device_function
def huber_gradient(dy, x, t, delta):
    d = x - t
    if d > delta:
        return dy * delta
    return -(dy * delta) if d < -delta else dy * d


def _numbers(op: str, delta: float = 1.0) -> Numbers:
    if number(op, "delta", delta) <= 0:
        reject(op, "delta", delta, "a number above 0")
    return (float(delta),)


HUBER_LOSS = Pointwise("huber_loss", huber, huber_gradient, None, _numbers)
ALGORITHMS, forward = HUBER_LOSS.algorithms, HUBER_LOSS.forward
input_gradient, target_gradient = HUBER_LOSS.input_gradient, HUBER_LOSS.target_gradient
