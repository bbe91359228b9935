"""Square root: y = sqrt(x), correctly rounded."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def sqrt(x):
    return math.sqrt(x)


# dy/dx = 1 / (2 y)
@device_function
def sqrt_gradient(dy, y):
    return dy / (real(2) * y)


SQRT = Unary("sqrt", sqrt, sqrt_gradient)
ALGORITHMS, forward, input_gradient = SQRT.algorithms, SQRT.forward, SQRT.input_gradient
