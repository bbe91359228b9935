"""Sigmoid: y = 1 / (1 + exp(-x)).

Below 0 that is exp(x) / (1 + exp(x)): no exponential is above 1, none overflows, and y keeps its
digits down to the smallest number.
"""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def sigmoid(x):
    e = math.exp(-math.fabs(x))
    return (e if x < real(0) else real(1)) / (real(1) + e)


# dy/dx = y (1 - y)
@device_function
def sigmoid_gradient(dy, y):
    return dy * (real(1) - y) * y


SIGMOID = Unary("sigmoid", sigmoid, sigmoid_gradient)
ALGORITHMS, forward, input_gradient = SIGMOID.algorithms, SIGMOID.forward, SIGMOID.input_gradient
