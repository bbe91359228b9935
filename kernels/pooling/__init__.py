"""Two-dimensional pooling: `kernels.pooling.max`, `average` and `adaptive_average`."""

from crosscheck.kernels.pooling import adaptive_average, average, max

__all__ = ["adaptive_average", "average", "max"]
