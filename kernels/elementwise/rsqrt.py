"""Reciprocal of the square root: y = 1 / sqrt(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def rsqrt(x):
    return real(1) / math.sqrt(x)


# dy/dx = -y^3 / 2
@device_function
def rsqrt_gradient(dy, y):
    return real(-0.5) * dy * (y * y * y)


RSQRT = Unary("rsqrt", rsqrt, rsqrt_gradient)
ALGORITHMS, forward, input_gradient = RSQRT.algorithms, RSQRT.forward, RSQRT.input_gradient
