"""avg_pool1d: avg_pool2d of signals, which are images of one row."""

from crosscheck.kernels.pooling.avg_pool2d import AVG_POOL2D
from crosscheck.kernels.signals import NONE, STEP, of_images

ROWS = {"kernel_size": STEP, "stride": STEP, "padding": NONE}
AVG_POOL1D = of_images(AVG_POOL2D, "avg_pool1d", ROWS)
ALGORITHMS = AVG_POOL1D.algorithms
forward = AVG_POOL1D.directions["forward"].function
input_gradient = AVG_POOL1D.directions["input_gradient"].function
