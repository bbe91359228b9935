"""Natural logarithm: y = log(x)."""

import math

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function


@device_function
def log(x):
    return math.log(x)


# dy/dx = 1 / x
@device_function
def log_gradient(dy, x):
    return dy / x


LOG = Unary("log", log, log_gradient)
ALGORITHMS, forward, input_gradient = LOG.algorithms, LOG.forward, LOG.input_gradient
