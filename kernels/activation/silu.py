"""SiLU, or swish: y = x * sigmoid(x)."""

from crosscheck.kernels.activation.sigmoid import sigmoid
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real


@device_function
def silu(x):
    return x * sigmoid(x)


# dy/dx = s (1 + x (1 - s)), s = sigmoid(x)
@device_function
def silu_gradient(dy, x):
    s = sigmoid(x)
    return dy * s * (real(1) + x * (real(1) - s))


SILU = Unary("silu", silu, silu_gradient)
ALGORITHMS, forward, input_gradient = SILU.algorithms, SILU.forward, SILU.input_gradient
