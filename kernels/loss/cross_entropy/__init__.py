"""cross_entropy of logits with class indices or class probabilities, and its gradients.

`ALGORITHMS[direction][name]` lists the ways to compute each direction.
"""

from crosscheck.kernels.loss.cross_entropy.cross_entropy import (
    ALGORITHMS,
    CROSS_ENTROPY,
    forward,
    input_gradient,
    target_gradient,
)

__all__ = ["ALGORITHMS", "CROSS_ENTROPY", "forward", "input_gradient", "target_gradient"]
