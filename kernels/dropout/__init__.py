"""Dropout with a counter-based generator: reproducible by seed, its mask never stored.

`ALGORITHMS[direction][name]` lists the ways to compute each direction.
"""

from crosscheck.kernels.dropout.dropout import (
    ALGORITHMS,
    DROPOUT,
    forward,
    input_gradient,
    probability,
)

__all__ = ["ALGORITHMS", "DROPOUT", "forward", "input_gradient", "probability"]
