"""ReLU6: y = 0 where x < 0, 6 where x > 6, else x.

NaN and -0 pass through, as in PyTorch.
"""

from crosscheck.kernels.at_least import at_least
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def relu6(x):
    above = at_least(x, real(0))
    return real(6) if above > real(6) else above


# dy/dx is 1 between 0 and 6, and 0 elsewhere and at both; a NaN lets the gradient pass
@device_function
def relu6_gradient(dy, x):
    return real(0) if x <= real(0) or x >= real(6) else dy


RELU6 = Unary("relu6", relu6, relu6_gradient)
ALGORITHMS, forward, input_gradient = RELU6.algorithms, RELU6.forward, RELU6.input_gradient
