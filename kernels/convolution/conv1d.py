"""conv1d: conv2d of signals, which are images of one row.

y[n, k, q] = bias[k] + sum over c, s of x[n, c, v] * w[k, c, s],  v = q * stride - padding
             + s * dilation
"""

from crosscheck.kernels.convolution.conv2d import CONV2D
from crosscheck.kernels.signals import NONE, STEP, of_images

ROWS = {"stride": STEP, "padding": NONE, "dilation": STEP}
CONV1D = of_images(CONV2D, "conv1d", ROWS)
ALGORITHMS = CONV1D.algorithms
forward = CONV1D.directions["forward"].function
input_gradient = CONV1D.directions["input_gradient"].function
weight_gradient = CONV1D.directions["weight_gradient"].function
bias_gradient = CONV1D.directions["bias_gradient"].function
