"""ELU: y = x where x > 0, else alpha * (exp(x) - 1).

expm1 keeps the digits of x near 0, where exp(x) - 1 would cancel.
"""

import math

from crosscheck.kernels.elementwise.unary import Numbers, Unary, number
from crosscheck.kernels.launch import device_function, real


@device_function
def elu(x, alpha):
    return alpha * math.expm1(x) if x <= real(0) else x


# dy/dx = 1 where x > 0, else alpha * exp(x); a NaN lets the gradient pass
@device_function
def elu_gradient(dy, x, alpha):
    return dy * alpha * math.exp(x) if x <= real(0) else dy


def _numbers(op: str, alpha: float = 1.0) -> Numbers:
    return (number(op, "alpha", alpha),)


ELU = Unary("elu", elu, elu_gradient, _numbers)
ALGORITHMS, forward, input_gradient = ELU.algorithms, ELU.forward, ELU.input_gradient
