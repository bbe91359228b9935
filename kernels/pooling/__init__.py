"""Two-dimensional pooling: `kernels.pooling.max_pool2d`, `avg_pool2d` and `adaptive_avg_pool2d`."""

from crosscheck.kernels.pooling import adaptive_avg_pool2d, avg_pool2d, max_pool2d

__all__ = ["adaptive_avg_pool2d", "avg_pool2d", "max_pool2d"]
