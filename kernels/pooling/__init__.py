"""Two-dimensional pooling: `kernels.pooling.max` and `kernels.pooling.average`."""

from kernels.pooling import average, max

__all__ = ["average", "max"]
