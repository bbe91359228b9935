"""mse_loss: the squared difference, (x - t)^2."""

from crosscheck.kernels.launch import device_function
from crosscheck.kernels.loss.pointwise import Pointwise


@device_function
def squared_difference(x, t):
    difference = x - t
    return difference * difference


# d (x - t)^2 / dx = 2 (x - t); for the target, with x and t exchanged
@device_function
def squared_difference_gradient(dy, x, t):
    slope = dy * (x - t)
    return slope + slope  # doubled last: 2 dy may overflow where the gradient does not


MSE_LOSS = Pointwise("mse_loss", squared_difference, squared_difference_gradient, by_weights=True)
ALGORITHMS, forward = MSE_LOSS.algorithms, MSE_LOSS.forward
input_gradient, target_gradient = MSE_LOSS.input_gradient, MSE_LOSS.target_gradient
