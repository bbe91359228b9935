"""Many elements to one: `kernels.reduction.sum_`, `mean`, and `to_size`, which undoes a broadcast.

All of them add in a fixed order, so two runs give the same bits.
"""

from crosscheck.kernels.reduction import mean, sum_
from crosscheck.kernels.reduction.to_size import to_size

__all__ = ["mean", "sum_", "to_size"]
