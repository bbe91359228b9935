"""conv2d (cross-correlation) and its gradients, as hand-written kernels.

`ALGORITHMS[direction][name]` lists the ways to compute each direction.
"""

from crosscheck.kernels.convolution.algorithms import ALGORITHMS
from crosscheck.kernels.convolution.conv2d import (
    CONV2D,
    bias_gradient,
    forward,
    input_gradient,
    weight_gradient,
)

__all__ = ["ALGORITHMS", "CONV2D", "bias_gradient", "forward", "input_gradient", "weight_gradient"]
