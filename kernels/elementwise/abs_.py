"""Absolute value: y = |x|."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def absolute(x):
    return math.fabs(x)


# dy/dx is the sign of x, 0 at 0 and at NaN, as in PyTorch
@device_function
def absolute_gradient(dy, x):
    sign = real(1) if x > real(0) else real(0)
    return dy * (real(-1) if x < real(0) else sign)


ABS = Unary("abs", absolute, absolute_gradient)
ALGORITHMS, forward, input_gradient = ABS.algorithms, ABS.forward, ABS.input_gradient
