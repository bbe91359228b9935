"""Cosine: y = cos(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function


@device_function
def cos(x):
    return math.cos(x)


# dy/dx = -sin(x)
@device_function
def cos_gradient(dy, x):
    return -dy * math.sin(x)


COS = Unary("cos", cos, cos_gradient)
ALGORITHMS, forward, input_gradient = COS.algorithms, COS.forward, COS.input_gradient
