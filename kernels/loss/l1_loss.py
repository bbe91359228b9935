"""l1_loss: the size of the difference, |x - t|."""

import math

from crosscheck.kernels.launch import device_function, real
from crosscheck.kernels.loss.pointwise import Pointwise


@device_function
def difference_size(x, t):
    return math.fabs(x - t)


# d |x - t| / dx is the sign of x - t, 0 at 0 and at NaN, as in PyTorch; that for t is the negative,
# also of 0
@device_function
def difference_size_gradient(dy, x, t):
    sign = real(1) if x - t > real(0) else real(0)
    return dy * (real(-1) if x - t < real(0) else sign)


@device_function
def target_gradient_of(dy, x, t):
    return -difference_size_gradient(dy, x, t)


L1_LOSS = Pointwise(
    "l1_loss", difference_size, difference_size_gradient, target_gradient_of, by_weights=True
)
ALGORITHMS, forward = L1_LOSS.algorithms, L1_LOSS.forward
input_gradient, target_gradient = L1_LOSS.input_gradient, L1_LOSS.target_gradient
