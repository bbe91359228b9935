"""Exponential: y = exp(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function


@device_function
def exp(x):
    return math.exp(x)


# dy/dx = y
@device_function
def exp_gradient(dy, y):
    return dy * y


EXP = Unary("exp", exp, exp_gradient)
ALGORITHMS, forward, input_gradient = EXP.algorithms, EXP.forward, EXP.input_gradient
