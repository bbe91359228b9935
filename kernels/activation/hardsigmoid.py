"""Hard sigmoid: y = relu6(x + 3) / 6."""

from crosscheck.kernels.activation.relu6 import relu6
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def hardsigmoid(x):
    return relu6(x + real(3)) * real(1 / 6)


# dy/dx is 1/6 between -3 and 3, and 0 elsewhere, at both and at NaN
@device_function
def hardsigmoid_gradient(dy, x):
    return dy * real(1 / 6) if real(-3) < x and x < real(3) else real(0)


HARDSIGMOID = Unary("hardsigmoid", hardsigmoid, hardsigmoid_gradient)
ALGORITHMS = HARDSIGMOID.algorithms
forward, input_gradient = HARDSIGMOID.forward, HARDSIGMOID.input_gradient
