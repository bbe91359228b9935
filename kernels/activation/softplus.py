"""Softplus: y = log(1 + exp(beta x)) / beta, and x where beta x > threshold.

With z = beta x, log(1 + exp(z)) = max(z, 0) + log1p(exp(-|z|)): no exponential overflows, whatever
the threshold, and log1p keeps the digits of a small one.
"""

import math

from crosscheck.kernels.activation.sigmoid import sigmoid
from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.elementwise.unary import Numbers, Unary, number
from crosscheck.kernels.launch import device_function, real


@device_function
def softplus(x, beta, threshold):
    z = x * beta
    if z > threshold:
        return x
    return (at_least(z, real(0)) + math.log1p(math.exp(-math.fabs(z)))) / beta


# dy/dx = sigmoid(z), and 1 above the threshold
@device_function
def softplus_gradient(dy, x, beta, threshold):
    z = x * beta
    return dy if z > threshold else dy * sigmoid(z)


def _numbers(op: str, beta: float = 1.0, threshold: float = 20.0) -> Numbers:
    return number(op, "beta", beta), number(op, "threshold", threshold)


SOFTPLUS = Unary("softplus", softplus, softplus_gradient, _numbers)
ALGORITHMS = SOFTPLUS.algorithms
forward, input_gradient = SOFTPLUS.forward, SOFTPLUS.input_gradient
