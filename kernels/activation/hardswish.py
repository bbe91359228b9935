"""Hard swish: y = x * relu6(x + 3) / 6."""

from crosscheck.kernels.activation.relu6 import relu6
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def hardswish(x):
    return x * relu6(x + real(3)) * real(1 / 6)


# dy/dx = x/3 + 1/2 between -3 and 3, 0 up to -3 and 1 from 3 on; a NaN lets the gradient pass
@device_function
def hardswish_gradient(dy, x):
    if x <= real(-3):
        return real(0)
    return dy * (x * real(1 / 3) + real(0.5)) if x < real(3) else dy


HARDSWISH = Unary("hardswish", hardswish, hardswish_gradient)
ALGORITHMS = HARDSWISH.algorithms
forward, input_gradient = HARDSWISH.forward, HARDSWISH.input_gradient
