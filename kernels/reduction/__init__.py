"""Many elements to one: each operator is a module of its own, and `to_size` undoes a broadcast.

All of them add in a fixed order, so two runs give the same bits.
"""

from crosscheck.kernels.reduction.to_size import to_size

__all__ = ["to_size"]
