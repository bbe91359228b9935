"""Reciprocal: y = 1 / x."""

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def reciprocal(x):
    return real(1) / x


# dy/dx = -y^2
@device_function
def reciprocal_gradient(dy, y):
    return -dy * (y * y)


RECIPROCAL = Unary("reciprocal", reciprocal, reciprocal_gradient)
ALGORITHMS, forward, input_gradient = (
    RECIPROCAL.algorithms,
    RECIPROCAL.forward,
    RECIPROCAL.input_gradient,
)
