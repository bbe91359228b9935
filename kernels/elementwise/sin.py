"""Sine: y = sin(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function


@device_function
def sin(x):
    return math.sin(x)


# dy/dx = cos(x)
@device_function
def sin_gradient(dy, x):
    return dy * math.cos(x)


SIN = Unary("sin", sin, sin_gradient)
ALGORITHMS, forward, input_gradient = SIN.algorithms, SIN.forward, SIN.input_gradient
