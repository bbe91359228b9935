"""Softmax along one dimension, and its logarithm: `softmax` and `log_softmax` in this package."""

from crosscheck.kernels.softmax import log_softmax, softmax

__all__ = ["log_softmax", "softmax"]
