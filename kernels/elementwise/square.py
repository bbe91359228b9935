"""Square: y = x^2."""

from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def square(x):
    return x * x


# dy/dx = 2 x
@device_function
def square_gradient(dy, x):
    return dy * (real(2) * x)


SQUARE = Unary("square", square, square_gradient)
ALGORITHMS, forward, input_gradient = SQUARE.algorithms, SQUARE.forward, SQUARE.input_gradient
