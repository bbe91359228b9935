"""Mish: y = x * tanh(softplus(x)).

With e = exp(x) and n = e (e + 2), tanh(log(1 + e)) = n / (n + 2): one exponential, and nothing
cancels. From SATURATED on it is 1 in both precisions, long before n overflows.
"""

import math

from crosscheck.kernels.activation.sigmoid import sigmoid
from crosscheck.kernels.elementwise.unary import Unary
from crosscheck.kernels.launch import device_function, real

SATURATED = 20  # 1 - t = 2 / (n + 2) is exp(-40) there, below half a unit in the last place of 1


@device_function
def mish(x):
    e = math.exp(x)
    n = e * (e + real(2))
    return x * n / (n + real(2)) if x < real(SATURATED) else x


# dy/dx = t + x (1 - t^2) sigmoid(x), t = n / (n + 2) as above: 1 - t^2 = (1 - t) (1 + t), and
# 1 - t = 2 / (n + 2), which keeps its digits where t is close to 1
@device_function
def mish_gradient(dy, x):
    e = math.exp(x)
    n = e * (e + real(2))
    t = n / (n + real(2)) if x < real(SATURATED) else real(1)
    falling = real(2) / (n + real(2)) * (real(1) + t)
    return dy * (t + x * falling * sigmoid(x))


MISH = Unary("mish", mish, mish_gradient)
ALGORITHMS, forward, input_gradient = MISH.algorithms, MISH.forward, MISH.input_gradient
