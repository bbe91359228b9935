"""Leaky ReLU: y = x where x > 0, else x * negative_slope.

A NaN is not above 0: it is multiplied and stays NaN, as in PyTorch. The gradient reads the signs of
`input`, which may be the output where negative_slope is at least 0: that has the same.
"""

from crosscheck.kernels.elementwise.unary import Numbers, Unary, number
from crosscheck.kernels.launch import device_function, real


@device_function
def leaky_relu(x, negative_slope):
    return x if x > real(0) else x * negative_slope


# dy/dx is 1 where x > 0 and negative_slope elsewhere
@device_function
def leaky_relu_gradient(dy, x, negative_slope):
    return dy if x > real(0) else dy * negative_slope


def _numbers(op: str, negative_slope: float = 0.01) -> Numbers:
    return (number(op, "negative_slope", negative_slope),)


LEAKY_RELU = Unary("leaky_relu", leaky_relu, leaky_relu_gradient, _numbers)
ALGORITHMS = LEAKY_RELU.algorithms
forward, input_gradient = LEAKY_RELU.forward, LEAKY_RELU.input_gradient
