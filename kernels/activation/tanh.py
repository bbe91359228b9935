"""Hyperbolic tangent: y = tanh(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def tanh(x):
    return math.tanh(x)


# dy/dx = 1 - y^2
@device_function
def tanh_gradient(dy, y):
    return dy * (real(1) - y * y)


TANH = Unary("tanh", tanh, tanh_gradient)
ALGORITHMS, forward, input_gradient = TANH.algorithms, TANH.forward, TANH.input_gradient
