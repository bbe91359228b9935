"""GELU: y = x * P(x), P the standard normal distribution; with approximate="tanh" close to it.

    none   P(x) = erfc(-x / sqrt(2)) / 2
    tanh   P(x) = (1 + tanh(z)) / 2 = sigmoid(2 z),  z = sqrt(2 / pi) (x + CUBE x^3)

PyTorch writes 1 + erf and 1 + tanh, which cancel where x is far below 0; erfc and sigmoid do not.
"""

import math

from crosscheck.kernels.activation.sigmoid import sigmoid
from crosscheck.kernels.arguments import reject
from crosscheck.kernels.elementwise.unary import Numbers, Unary
from crosscheck.kernels.launch import device_function, real

SQRT_HALF = math.sqrt(0.5)
PEAK = 1 / math.sqrt(2 * math.pi)  # of the normal density
TWICE = 2 * math.sqrt(2 / math.pi)  # 2 z = TWICE (x + CUBE x^3)
CUBE = 0.044715


@device_function
def gelu(x, tanh):
    """tanh: 1 for the approximation, else 0."""
    if tanh > real(0):
        return x * sigmoid(real(TWICE) * (x + real(CUBE) * (x * x * x)))
    return x * (real(0.5) * math.erfc(-x * real(SQRT_HALF)))


# dy/dx = P(x) + x P'(x). P' is the density exp(-x^2 / 2) / sqrt(2 pi); that of sigmoid(2 z) is
# s (1 - s) (2 z)', s = sigmoid(2 z)
@device_function
def gelu_gradient(dy, x, tanh):
    if tanh > real(0):
        s = sigmoid(real(TWICE) * (x + real(CUBE) * (x * x * x)))
        steepness = real(TWICE) * (real(1) + real(3 * CUBE) * (x * x))
        return dy * (s + x * (s * (real(1) - s)) * steepness)
    density = real(PEAK) * math.exp(real(-0.5) * (x * x))
    return dy * (real(0.5) * math.erfc(-x * real(SQRT_HALF)) + x * density)


def _numbers(op: str, approximate: str = "none") -> Numbers:
    if approximate not in ("none", "tanh"):
        reject(op, "approximate", approximate, "'none' or 'tanh'")
    return (float(approximate == "tanh"),)


GELU = Unary("gelu", gelu, gelu_gradient, _numbers)
ALGORITHMS, forward, input_gradient = GELU.algorithms, GELU.forward, GELU.input_gradient
