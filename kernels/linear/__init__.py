"""The linear layer y = x w^T + bias and its gradients, as hand-written kernels.

`ALGORITHMS[direction][name]` lists the ways to compute each direction.
"""

from crosscheck.kernels.linear.algorithms import ALGORITHMS
from crosscheck.kernels.linear.linear import (
    LINEAR,
    bias_gradient,
    forward,
    input_gradient,
    weight_gradient,
)

__all__ = ["ALGORITHMS", "LINEAR", "bias_gradient", "forward", "input_gradient", "weight_gradient"]
