"""max_pool1d: max_pool2d of signals, which are images of one row: an index counts its elements."""

from crosscheck.kernels.pooling.max_pool2d import MAX_POOL2D
from crosscheck.kernels.signals import NONE, STEP, of_images

ROWS = {"kernel_size": STEP, "stride": STEP, "padding": NONE, "dilation": STEP}
MAX_POOL1D = of_images(MAX_POOL2D, "max_pool1d", ROWS)
ALGORITHMS = MAX_POOL1D.algorithms
forward = MAX_POOL1D.directions["forward"].function
input_gradient = MAX_POOL1D.directions["input_gradient"].function
