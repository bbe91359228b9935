"""adaptive_avg_pool1d: adaptive_avg_pool2d of signals, which are images of one row."""

from crosscheck.kernels.pooling.adaptive_avg_pool2d import ADAPTIVE_AVG_POOL2D
from crosscheck.kernels.signals import Row, of_images

ROWS = {"output_size": Row(number=1, least=0)}
ADAPTIVE_AVG_POOL1D = of_images(ADAPTIVE_AVG_POOL2D, "adaptive_avg_pool1d", ROWS)
ALGORITHMS = ADAPTIVE_AVG_POOL1D.algorithms
forward = ADAPTIVE_AVG_POOL1D.directions["forward"].function
input_gradient = ADAPTIVE_AVG_POOL1D.directions["input_gradient"].function
